"""Requests to stop arrive as signals, sometimes twice."""

import os
import signal
from collections.abc import Iterator

import pytest

from local import stop_signals
from local.stop_signals import StopSignals


@pytest.fixture
def signals() -> Iterator[StopSignals]:
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    yield StopSignals()
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_each_signal_interrupts(signals: StopSignals, number: signal.Signals) -> None:
    signals.listen()
    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), number)


def test_the_same_request_told_twice_interrupts_once(signals: StopSignals) -> None:
    signals.listen()
    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGTERM)
    os.kill(os.getpid(), signal.SIGTERM)


def test_a_second_request_interrupts_again(signals: StopSignals, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stop_signals, "_SAME_REQUEST_SECONDS", 0.0)
    signals.listen()
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)


def test_ignored_signals_do_nothing(signals: StopSignals) -> None:
    signals.listen()
    signals.ignore()
    os.kill(os.getpid(), signal.SIGINT)
