"""Signals that ask to stop, told as KeyboardInterrupt."""

import math
import signal
import time
from collections.abc import Callable

# SIGINT too: a shell starts what it puts in the background with that signal ignored.
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_SAME_REQUEST_SECONDS = 1.0


class StopSignals:
    """Raises KeyboardInterrupt for each request to stop.

    One request may arrive as several signals: make passes on SIGTERM to a program that the sender has signalled too.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Count the time between two signals with a clock in seconds."""
        self._clock = clock
        self._last = -math.inf

    def listen(self) -> None:
        """Take over the signals; to be called in the main thread."""
        for number in _SIGNALS:
            signal.signal(number, self._on_signal)

    def ignore(self) -> None:
        """Let no signal interrupt what follows."""
        for number in _SIGNALS:
            signal.signal(number, signal.SIG_IGN)

    def _on_signal(self, *_: object) -> None:
        now = self._clock()
        if now - self._last >= _SAME_REQUEST_SECONDS:
            self._last = now
            raise KeyboardInterrupt
