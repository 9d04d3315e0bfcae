"""Delays between the attempts of a timer."""

import pytest

from local.host.timers import retry_delay
from local.host.wire import Retry


def test_a_fixed_delay_is_always_the_same() -> None:
    retry = Retry("fixed_delay", 3, delay=5)
    assert [retry_delay(retry, attempt) for attempt in range(3)] == [5, 5, 5]


@pytest.mark.parametrize("attempt", [0, 3, 20, 2000])
def test_an_exponential_delay_stays_between_its_bounds(attempt: int) -> None:
    retry = Retry("exponential_backoff", -1, minimum=2, maximum=30)
    assert 2 <= retry_delay(retry, attempt) <= min(30, 2 + 2.0 ** min(attempt, 10))
