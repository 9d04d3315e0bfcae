"""A program that runs beside this one: started with a log file, watched, stopped with all its own children."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from local.failures import ChildDied

_TETHER = Path(__file__).with_name("tether.py")
_TAIL_BYTES = 8192


class Child:
    """A running program in a process group of its own, so that Ctrl-C at the terminal reaches only its starter."""

    def __init__(
        self, name: str, command: Sequence[str], log: Path, environment: Mapping[str, str] | None = None
    ) -> None:
        self.name = name
        self.log = log
        self._command = (sys.executable, "-I", "-S", str(_TETHER), str(os.getpid()), *command)
        self._environment = environment
        _keep_last_log(log)
        self._popen = self._start()

    def restart(self) -> None:
        """Start the program again after it died; its log goes on."""
        self.kill()
        self._popen = self._start()

    @property
    def pid(self) -> int:
        """The id of the program and of its process group."""
        return self._popen.pid

    @property
    def exit_status(self) -> int | None:
        """The exit status, negative for a signal, or None while it runs."""
        return self._popen.poll()

    def require_alive(self) -> None:
        """Raise ChildDied, with the end of its log, if the program has ended."""
        if self.exit_status is not None:
            raise ChildDied(f"{self.name} ended by itself ({self._how_it_ended()}). {self.last_words()}")

    def last_words(self, lines: int = 10) -> str:
        """Return the last lines of the log, introduced by the name of the file."""
        with self.log.open("rb") as log:
            log.seek(max(0, log.seek(0, os.SEEK_END) - _TAIL_BYTES))
            tail = log.read().decode("utf-8", "replace").splitlines()[-lines:]
        return f"The last lines of {self.log}:\n" + "\n".join(f"    {_printable(line)}" for line in tail)

    def stop(self, grace: float) -> None:
        """Ask the program to end, wait up to ``grace`` seconds, then kill whatever is left of its group."""
        self._signal(signal.SIGTERM)
        deadline = time.monotonic() + grace
        while self.exit_status is None and time.monotonic() < deadline:
            time.sleep(0.02)
        self.kill()

    def kill(self) -> None:
        """End the program and everything in its group at once."""
        self._signal(signal.SIGKILL)
        self._popen.wait()

    def _start(self) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            return subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self._environment,
                start_new_session=True,
            )

    def _signal(self, number: signal.Signals) -> None:
        # The group outlives its leader while a grandchild runs, so a dead leader is no reason not to try.
        try:
            os.killpg(self.pid, number)
        except ProcessLookupError:
            return

    def _how_it_ended(self) -> str:
        status = self.exit_status or 0
        return f"signal {-status}" if status < 0 else f"exit status {status}"


def _keep_last_log(log: Path) -> None:
    if log.exists():
        log.replace(log.with_name(f"{log.name}.1"))
    log.touch()


def _printable(line: str) -> str:
    # Logs quote what came from outside: no escape sequence reaches the terminal.
    return "".join(character if character.isprintable() else "�" for character in line)
