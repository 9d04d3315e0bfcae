"""Gates that break things: a death after one call, and faults drawn from a seed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random
from typing import Protocol

from azure.core.exceptions import AzureError, HttpResponseError, ServiceRequestError, ServiceResponseError

from tests.support.faults.stepped_storage import Call

_SDK_RETRIES = 3


class Died(BaseException):
    """The worker's process ends here; nothing in the product may catch it."""


@dataclass
class DieAfter:
    """Kills the worker after a number of calls, once; 0 never does. ``calls`` tells what was called."""

    last: int = 0
    calls: list[Call] = field(default_factory=list)

    def __call__[T](self, call: Call, commit: Callable[[], T]) -> T:
        self.calls.append(call)
        answer = commit()
        if len(self.calls) == self.last:
            raise Died(f"after call {self.last}, {call}")
        return answer


class Fault(StrEnum):
    """What may happen to a request."""

    LOST = "request lost"
    REFUSED = "503 before commit"
    RESENT = "503 after commit"
    UNANSWERED = "reply dropped"
    DELAYED = "delay"
    DIED = "worker killed"


class Injected(Protocol):
    """What tells how many requests there were, and what was done to them."""

    requests: int
    injected: Counter[Fault]


@dataclass
class RandomFaults:
    """Injects faults into a share of all requests, and repeats requests where the SDK does.

    The SDK repeats what got no connection or a 503, a write too, and what got no answer if it was a read.
    """

    random: Random
    share: float
    pass_time: Callable[[], None] = lambda: None
    injected: Counter[Fault] = field(default_factory=Counter)
    requests: int = 0

    def __call__[T](self, call: Call, commit: Callable[[], T]) -> T:
        failure: AzureError | None = None
        for _ in range(1 + _SDK_RETRIES):
            fault = self._draw()
            if fault in (Fault.RESENT, Fault.UNANSWERED) or (fault is Fault.DIED and self.random.random() < 0.5):
                self._unheard(commit)
            match fault:
                case None:
                    return commit()
                case Fault.DELAYED:
                    self.pass_time()
                    return commit()
                case Fault.DIED:
                    raise Died(str(call))
                case Fault.LOST:
                    failure = ServiceRequestError(f"{call}: no connection")
                case Fault.UNANSWERED:
                    failure = ServiceResponseError(f"{call}: connection aborted")
                    if not call.reads:
                        break
                case _:
                    failure = HttpResponseError(f"{call}: server busy")
                    failure.status_code = 503
        assert failure is not None
        raise failure

    def _draw(self) -> Fault | None:
        self.requests += 1
        if self.random.random() >= self.share:
            return None
        fault = self.random.choice(list(Fault))
        self.injected[fault] += 1
        return fault

    def _unheard[T](self, commit: Callable[[], T]) -> None:
        try:
            commit()
        except Exception:  # whatever the service answered, nobody hears it
            return
