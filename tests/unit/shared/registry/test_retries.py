import pytest

from shared.domain.failures import FailureReason, ScanFailure
from shared.registry.retries import RetryPolicy, Transient

FAILURE = ScanFailure(FailureReason.REGISTRY_ERROR, "it answered 503")


class Attempts:
    """Fails as often as told, then succeeds."""

    def __init__(self, failures: int, retry_after: float = 0.0) -> None:
        self.count = 0
        self._failures = failures
        self._retry_after = retry_after

    def __call__(self) -> str:
        self.count += 1
        if self.count <= self._failures:
            raise Transient(FAILURE, self._retry_after) from OSError("reset")
        return "done"


def test_a_failure_that_passes_is_not_seen() -> None:
    waits: list[float] = []
    attempts = Attempts(failures=3)
    assert RetryPolicy(attempts=4, sleep=waits.append).run(attempts) == "done"
    assert attempts.count == 4
    assert len(waits) == 3
    assert all(0 <= wait <= 5 for wait in waits)


def test_the_last_failure_is_raised_from_its_cause() -> None:
    attempts = Attempts(failures=9)
    with pytest.raises(ScanFailure) as failure:
        RetryPolicy(attempts=3, sleep=lambda _: None).run(attempts)
    assert failure.value is FAILURE
    assert isinstance(failure.value.__cause__, OSError)
    assert attempts.count == 3


def test_a_server_is_given_the_time_it_asks_for() -> None:
    waits: list[float] = []
    RetryPolicy(sleep=waits.append).run(Attempts(failures=1, retry_after=3.0))
    assert waits == [pytest.approx(3.0)]


def test_a_server_that_asks_for_long_is_not_pressed() -> None:
    attempts = Attempts(failures=1, retry_after=120.0)
    with pytest.raises(ScanFailure):
        RetryPolicy(sleep=lambda _: pytest.fail("it must not wait")).run(attempts)
    assert attempts.count == 1


def test_other_errors_are_not_tried_again() -> None:
    def attempt() -> None:
        raise KeyError("a mistake of ours")

    with pytest.raises(KeyError):
        RetryPolicy(sleep=lambda _: pytest.fail("it must not wait")).run(attempt)
