"""How many queries a caller may make in a window of time.

Source: "Throttling" of Azure Resource Graph, https://learn.microsoft.com/azure/governance/resource-graph/concepts/
guidance-for-throttled-requests: 15 queries in 5 seconds for each user. Every worker counts for itself.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from typing import NamedTuple

QUERIES, SECONDS = 15, 5.0
_MOST_CALLERS = 10_000


class Quota(NamedTuple):
    """What a caller has left in the window, and when it ends, in whole seconds."""

    remaining: int
    resets_after: int


class QuotaExceeded(Exception):
    """A caller has used up what is granted; ``resets_after`` seconds later there is more."""

    def __init__(self, resets_after: int) -> None:
        super().__init__(f"more than {QUERIES} queries in {SECONDS:g} seconds; try again in {resets_after} seconds")
        self.resets_after = resets_after


class QueryQuota:
    """Counts the queries of each caller; any thread may ask."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._windows: dict[str, tuple[float, int]] = {}

    def take(self, caller: str) -> Quota:
        """Take one query for a caller, or raise QuotaExceeded."""
        with self._lock:
            now = self._clock()
            began, used = self._windows.get(caller, (now, 0))
            if now - began >= SECONDS:
                began, used = now, 0
            after = max(1, math.ceil(began + SECONDS - now))
            if used >= QUERIES:
                raise QuotaExceeded(after)
            if len(self._windows) >= _MOST_CALLERS:
                self._windows = {name: one for name, one in self._windows.items() if now - one[0] < SECONDS}
            self._windows[caller] = (began, used + 1)
            return Quota(QUERIES - used - 1, after)
