"""``python -m local``, or a variant of it, started for a test on free ports and watched through what it prints."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.support.ports import free_port

_ROOT = Path(__file__).resolve().parents[2]
_PATIENCE_SECONDS = 180


class LocalStart:
    """A start in a folder; the ports stay the same when it is run again."""

    def __init__(self, folder: Path, command: Sequence[str], environment: dict[str, str] | None = None) -> None:
        self.folder = folder
        self.port, self.registry_port, *azurite = (free_port() for _ in range(5))
        self.azurite_ports = ",".join(map(str, azurite))
        self._command = command
        self._environment = os.environ | {"PYTHONPATH": str(_ROOT), "KEV_URL": "", "EPSS_URL": ""} | (environment or {})
        self._output = folder / "output.txt"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def arguments(self) -> list[str]:
        """The options that name the folder and the ports."""
        ports = ["--port", str(self.port), "--registry-port", str(self.registry_port)]
        return ["--data", str(self.folder / "data"), *ports, "--azurite-ports", self.azurite_ports]

    @property
    def output(self) -> str:
        """Everything that this run has printed so far."""
        return self._output.read_text(errors="replace")

    def run(self, *options: str) -> Self:
        """Start it and return at once."""
        command = [*self._command, *self.arguments, *options]
        with self._output.open("wb") as output:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=self._environment, cwd=_ROOT
            )
        return self

    def await_output(self, text: str) -> str:
        """Wait until a text has been printed, and return all that was."""
        self.await_that(lambda: text in self.output or self.exited)
        assert text in self.output, self.output
        return self.output

    def await_that(self, condition: Callable[[], bool]) -> None:
        """Wait until something is so."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while not condition():
            assert time.monotonic() < deadline, f"waited {_PATIENCE_SECONDS} s in vain; printed:\n{self.output}"
            time.sleep(0.05)

    @property
    def exited(self) -> bool:
        """Say whether it has ended."""
        return self.process is not None and self.process.poll() is not None

    def signal(self, number: signal.Signals) -> int:
        """Send a signal and wait for the end; return the exit status."""
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(_PATIENCE_SECONDS)

    def descendants(self) -> dict[int, str]:
        """Return the command lines of all programs below this one, by process id."""
        assert self.process is not None
        found: dict[int, str] = {}
        parents = _parents()
        below = {self.process.pid}
        while below:
            below = {pid for pid, parent in parents.items() if parent in below}
            found |= {pid: _command_line(pid) for pid in below}
        return found

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process is not None and not self.exited:
            self.signal(signal.SIGTERM)


def is_running(pid: int) -> bool:
    """Say whether a process exists and is no zombie."""
    try:
        return _stat(pid)[0] != "Z"
    except OSError:
        return False


def _parents() -> dict[int, int]:
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int(_stat(int(entry.name))[1])
            except OSError:
                continue  # it has ended meanwhile
    return parents


def _stat(pid: int) -> list[str]:
    # Fields from the state on: the command before it is in parentheses and may hold spaces (proc(5)).
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""
