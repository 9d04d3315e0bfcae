"""The two kinds of subjects: a function of ours, timed from the inside, and a whole program."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import msgspec

from benchmarks.failures import SubjectFailed
from benchmarks.interface import Sample

_PROJECT = Path(__file__).resolve().parent.parent
_LAUNCHER = Path(__file__).with_name("launch.py")
_CHILD = "from benchmarks.child import main; main()"
_SECONDS = 1800


class _Usage(msgspec.Struct):
    wall: float
    cpu: float
    peak_rss: int
    status: int


class _Report(msgspec.Struct):
    wall: float
    cpu: float
    operations: int
    facts: dict[str, int]


class Timed(msgspec.Struct, frozen=True):
    """A function ``module:name``: its preparations are not timed, its peak memory is that of the whole process.

    With ``whole`` the start of the interpreter, the imports and the preparations are timed too.
    """

    name: str
    function: str
    arguments: Mapping[str, str]
    whole: bool = False

    def run(self) -> Sample:
        """Run it once, or raise SubjectFailed."""
        pairs = (f"{name}={value}" for name, value in self.arguments.items())
        usage, output = _launch(self.name, [sys.executable, "-c", _CHILD, self.function, *pairs])
        report = msgspec.json.decode(output.splitlines()[-1], type=_Report)
        chosen = usage if self.whole else report
        return Sample(chosen.wall, chosen.cpu, usage.peak_rss, report.operations, report.facts)


class Program(msgspec.Struct, frozen=True):
    """A program, timed from its start to its end; ``before`` runs untimed, ``read`` finds facts in its output."""

    name: str
    command: tuple[str, ...]
    before: Callable[[], None]
    read: Callable[[bytes], Mapping[str, int]]

    def run(self) -> Sample:
        """Run it once, or raise SubjectFailed."""
        self.before()
        usage, output = _launch(self.name, self.command)
        return Sample(usage.wall, usage.cpu, usage.peak_rss, facts=self.read(output))


def _launch(name: str, command: Sequence[str]) -> tuple[_Usage, bytes]:
    with tempfile.NamedTemporaryFile() as output:
        launcher = [sys.executable, "-I", "-S", str(_LAUNCHER), output.name, *command]
        status, said, complaints = _run(name, launcher)
        if status:
            raise SubjectFailed(f"{name}: {command[0]} could not be started:\n{_end(complaints)}")
        usage = msgspec.json.decode(said, type=_Usage)
        if usage.status:
            raise SubjectFailed(f"{name} ended with status {usage.status}:\n{_end(complaints)}")
        return usage, output.read()


def _run(name: str, launcher: Sequence[str]) -> tuple[int, bytes, bytes]:
    pipe = subprocess.PIPE
    with subprocess.Popen(launcher, cwd=_PROJECT, stdout=pipe, stderr=pipe, start_new_session=True) as process:
        try:
            said, complaints = process.communicate(timeout=_SECONDS)
        except BaseException as error:
            # What is measured is a child of the launcher: only the whole group ends both.
            os.killpg(process.pid, signal.SIGKILL)
            if isinstance(error, subprocess.TimeoutExpired):
                raise SubjectFailed(f"{name} was stopped after {_SECONDS} s: measure something smaller") from error
            raise
    return process.returncode, said, complaints


def _end(text: bytes) -> str:
    return text.decode("utf-8", "replace")[-2000:].strip()
