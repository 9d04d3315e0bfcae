"""How often the host may be started again after it died."""

import time
from collections.abc import Callable

_MOST = 5
_WINDOW_SECONDS = 300.0
_FIRST_PAUSE_SECONDS = 0.5


class RestartPolicy:
    """Allows five restarts in five minutes, each after a pause twice as long as the one before."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._deaths: list[float] = []

    def died(self) -> float | None:
        """Note a death now; return the seconds to pause before the restart, or None if there shall be none."""
        now = self._clock()
        self._deaths = [*(death for death in self._deaths if now - death < _WINDOW_SECONDS), now]
        if len(self._deaths) > _MOST:
            return None
        return float(_FIRST_PAUSE_SECONDS * 2 ** (len(self._deaths) - 1))
