"""How many requests may run and wait: ``maxConcurrentRequests`` and ``maxOutstandingRequests`` of host.json."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from local.host.settings import HttpSettings


class Busy(Exception):
    """There are as many requests as there may be."""


class RequestLimits:
    """Admits requests; a limit below 0 means none."""

    def __init__(self, settings: HttpSettings) -> None:
        self._most = settings.max_outstanding_requests
        concurrent = settings.max_concurrent_requests
        self._running = asyncio.Semaphore(concurrent) if concurrent > 0 else None
        self._outstanding = 0

    @asynccontextmanager
    async def admit(self) -> AsyncIterator[None]:
        """Wait for a request's turn; raises ``Busy`` if too many wait already."""
        if 0 <= self._most <= self._outstanding:
            raise Busy
        self._outstanding += 1
        try:
            async with AsyncExitStack() as turn:
                if self._running:
                    await turn.enter_async_context(self._running)
                yield
        finally:
            self._outstanding -= 1
