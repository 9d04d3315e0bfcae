"""Waiting longer and longer while there is nothing to do."""

import asyncio


class Backoff:
    """Waits ``first`` seconds, then twice as long each time, up to ``longest``; ``reset`` begins again at once."""

    def __init__(self, first: float, longest: float) -> None:
        self._first = first
        self._longest = max(first, longest)
        self._next = first
        self._woken = asyncio.Event()

    def reset(self) -> None:
        """End a wait that is under way, and begin with ``first`` again."""
        self._next = self._first
        self._woken.set()

    async def wait(self) -> None:
        """Wait until it is time, or until ``reset``."""
        try:
            await asyncio.wait_for(self._woken.wait(), self._next)
        except TimeoutError:
            self._next = min(self._next * 2, self._longest)
        self._woken.clear()
