"""When a request is repeated: the one policy for failures that pass by themselves."""

import random
import time
from collections.abc import Callable
from typing import NamedTuple

from shared.domain.failures import ScanFailure


class Transient(Exception):
    """A failure that may pass; ``retry_after`` is how many seconds the server asked to wait, if it did."""

    def __init__(self, failure: ScanFailure, retry_after: float = 0.0) -> None:
        super().__init__(failure.message)
        self.failure = failure
        self.retry_after = retry_after


class RetryPolicy(NamedTuple):
    """How often, and with how many seconds between, a transient failure is tried again.

    The waits double from ``base`` with full jitter. A server that asks for more than ``ceiling`` is not pressed:
    the scan fails at once and its queue message comes back later.
    """

    attempts: int = 4
    base: float = 0.5
    ceiling: float = 5.0
    sleep: Callable[[float], None] = time.sleep

    def run[T](self, attempt: Callable[[], T]) -> T:
        """Return what an attempt gives, or raise the ScanFailure of the last one."""
        for number in range(self.attempts):
            try:
                return attempt()
            except Transient as transient:
                if number + 1 == self.attempts or transient.retry_after > self.ceiling:
                    raise transient.failure from transient.__cause__
                self.wait(number, transient.retry_after)
        raise AssertionError("a retry policy has at least one attempt")

    def wait(self, number: int, at_least: float = 0.0) -> None:
        """Sleep before the attempt after ``number`` (from 0)."""
        jitter = random.uniform(0.0, self.base * 2**number)  # noqa: S311 - spreads load, keeps no secret
        self.sleep(min(self.ceiling, max(at_least, jitter)))
