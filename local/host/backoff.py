"""Waiting longer and longer while there is nothing to do."""

import asyncio


class Backoff:
    """Waits ``first`` seconds, then twice as long each time, up to ``longest``, until ``reset``."""

    def __init__(self, first: float, longest: float) -> None:
        self._first = first
        self._longest = max(first, longest)
        self._next = first
        self._woken = asyncio.Event()

    def reset(self) -> None:
        """Begin with ``first`` again; a wait that is under way ends, but not before it took ``first``."""
        self._next = self._first
        self._woken.set()

    async def wait(self) -> None:
        """Wait until it is time."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            await asyncio.wait_for(self._woken.wait(), self._next)
            # Many resets in a row must not become a busy loop.
            await asyncio.sleep(began + self._first - loop.time())
        except TimeoutError:
            self._next = min(self._next * 2, self._longest)
        self._woken.clear()
