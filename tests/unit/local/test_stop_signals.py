"""Requests to stop arrive as signals, sometimes twice."""

import os
import signal
from collections.abc import Iterator

import pytest

from local.stop_signals import StopSignals


class Clock:
    """Seconds that a test counts by itself: a machine that pauses must make no second request of one."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def signals(clock: Clock) -> Iterator[StopSignals]:
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    yield StopSignals(clock)
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_each_signal_interrupts(signals: StopSignals, number: signal.Signals) -> None:
    signals.listen()
    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), number)


def test_the_same_request_told_twice_interrupts_once(signals: StopSignals, clock: Clock) -> None:
    signals.listen()
    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGTERM)
    clock.seconds = 0.99
    os.kill(os.getpid(), signal.SIGTERM)


def test_who_repeats_a_request_every_moment_asks_a_second_time_after_a_second(
    signals: StopSignals, clock: Clock
) -> None:
    signals.listen()
    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGINT)
    clock.seconds = 0.6
    os.kill(os.getpid(), signal.SIGINT)
    clock.seconds = 1.2
    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGINT)


def test_a_second_request_interrupts_again(signals: StopSignals, clock: Clock) -> None:
    signals.listen()
    for clock.seconds in (0.0, 1.0):
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)


def test_ignored_signals_do_nothing(signals: StopSignals) -> None:
    signals.listen()
    signals.ignore()
    os.kill(os.getpid(), signal.SIGINT)
