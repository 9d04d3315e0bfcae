"""Programs are started with a log, watched, and stopped with all that they started."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from local.child import Child
from local.failures import ChildDied

STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(99)"
)
PARENT = (
    "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(99)']); print('born')"
)

type Start = Callable[[str], Child]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    started: list[Child] = []

    def run(code: str) -> Child:
        started.append(Child("probe", [sys.executable, "-c", code], tmp_path / "probe.log"))
        return started[-1]

    yield run
    for child in started:
        child.kill()


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, "waited 30 s in vain"
        time.sleep(0.02)


def group_is_empty(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return True
    return False


def test_a_running_program_is_alive_and_ends_at_the_first_request(start: Start) -> None:
    child = start("import time; time.sleep(99)")
    child.require_alive()
    began = time.monotonic()
    child.stop(grace=30)
    assert child.exit_status == -signal.SIGTERM
    assert time.monotonic() - began < 20


def test_a_program_that_ended_is_named_with_its_last_words(start: Start) -> None:
    child = start("print('one', flush=True); raise SystemExit('\\x1b[31mthe disk is full')")
    wait_for(lambda: child.exit_status is not None)
    with pytest.raises(ChildDied) as died:
        child.require_alive()
    told = str(died.value)
    assert "probe ended by itself (exit status 1)" in told
    assert "    one\n" in told
    assert "�[31mthe disk is full" in told


def test_a_program_that_is_killed_is_named_with_the_signal(start: Start) -> None:
    child = start("import os; os.kill(os.getpid(), 9)")
    wait_for(lambda: child.exit_status is not None)
    with pytest.raises(ChildDied, match=r"\(signal 9\)"):
        child.require_alive()


def test_a_program_that_does_not_listen_is_killed_after_the_grace(start: Start) -> None:
    child = start(STUBBORN)
    wait_for(lambda: "deaf" in child.log.read_text())
    child.stop(grace=0.2)
    assert child.exit_status == -signal.SIGKILL


def test_what_a_program_started_ends_with_it(start: Start) -> None:
    child = start(PARENT)
    wait_for(lambda: child.exit_status is not None)
    assert not group_is_empty(child.pid)
    child.stop(grace=1)
    wait_for(lambda: group_is_empty(child.pid))


def test_a_restart_goes_on_in_the_same_log(start: Start) -> None:
    child = start("print('hello')")
    wait_for(lambda: child.exit_status is not None)
    first = child.pid
    child.restart()
    wait_for(lambda: child.exit_status is not None)
    assert child.pid != first
    assert child.log.read_text() == "hello\nhello\n"


def test_the_log_of_the_run_before_is_kept(start: Start) -> None:
    child = start("print('first')")
    wait_for(lambda: child.exit_status is not None)
    second = start("print('second')")
    wait_for(lambda: second.exit_status is not None)
    assert second.log.read_text() == "second\n"
    assert second.log.with_name("probe.log.1").read_text() == "first\n"
