"""A Python process that has nothing of the worker that starts it: the servers of both sandboxes run in one."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import weakref
from contextlib import ExitStack
from pathlib import Path

# Without these a Python of its own place may not find its libraries.
_PLACES = ("LD_LIBRARY_PATH", "PYTHONHOME")
_ROOT = str(Path(__file__).resolve().parents[1])


class BareProcess:
    """A module that runs by itself with a socket to here; started when it is needed, and again when it was stopped.

    The module gets the number of its end of the socket as its only argument, and ends when ours is closed. Its users
    take care that only one thread at a time is in here.
    """

    def __init__(self, module: str) -> None:
        self._module = module
        self._running: tuple[subprocess.Popen[bytes], socket.socket] | None = None
        # Whoever lets go of it without stopping it leaves no process behind, nor does the end of the worker.
        self._end: weakref.finalize[..., BareProcess] | None = None

    @property
    def pid(self) -> int | None:
        """The process, if it runs."""
        return self._running[0].pid if self._running else None

    def control(self) -> socket.socket:
        """Return the socket to the process, which is started unless it runs."""
        if self._running is None:
            self._running = _launch(self._module)
            self._end = weakref.finalize(self, _end, *self._running)
        return self._running[1]

    def stop(self) -> None:
        """End the process, if it runs, and wait until it is gone."""
        if self._end is not None:
            self._end()
        self._running = self._end = None


def _launch(module: str) -> tuple[subprocess.Popen[bytes], socket.socket]:
    ours, theirs = socket.socketpair()
    with theirs, ExitStack() as unless_it_runs:
        unless_it_runs.enter_context(ours)
        process = subprocess.Popen(  # noqa: S603  # our own module, and a number
            [sys.executable, "-S", "-P", "-m", module, str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            env=_environment(),
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        unless_it_runs.pop_all()
    return process, ours


def _environment() -> dict[str, str]:
    """Return nothing of the worker's environment but where Python lies: its credentials are among the rest."""
    places = {name: os.environ[name] for name in _PLACES if name in os.environ}
    return {**places, "PYTHONPATH": os.pathsep.join([_ROOT, *filter(None, sys.path)]), "PYTHONUTF8": "1"}


def _end(process: subprocess.Popen[bytes], control: socket.socket) -> None:
    control.close()
    process.wait()
