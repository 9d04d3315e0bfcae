"""The server of the sandbox as a process of this worker: started when it is needed, and again when it has ended."""

from __future__ import annotations

import os
import pickle
import socket
import subprocess
import sys
import threading
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import msgspec

from shared.kql.failures import ServerGone
from shared.kql.sandbox.orders import MESSAGE, PATHS, QUERY, ROWS, Block, Rows
from shared.kql.value_types import SlotPath

_MODULE = "shared.kql.sandbox.server"
# Without these a Python of its own place may not find its libraries.
_PLACES = ("LD_LIBRARY_PATH", "PYTHONHOME")
_ROOT = str(Path(__file__).resolve().parents[3])

type Put = Callable[[Mapping[Block, Rows | None]], None]
type Wanted = dict[str, list[str]]
type Fill = Callable[[Put, bool], Wanted]
"""Brings the rows up to date, and returns the blocks that a query may see, by table.

It is told whether the server has begun anew and holds none, and is never called twice at a time.
"""


class ServerProcess:
    """Holds rows and starts children in a process that is none of this worker's; any thread may ask."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: tuple[subprocess.Popen[bytes], socket.socket] | None = None
        # Whoever lets go of it without closing it leaves no process behind, nor does the end of the worker.
        self._end: weakref.finalize[..., ServerProcess] | None = None

    @property
    def pid(self) -> int | None:
        """The process, if it runs."""
        return self._running[0].pid if self._running else None

    def close(self) -> None:
        """End the server; children end with what they are doing."""
        with self._lock:
            self._stop()

    def child(self, channel: int, ended: int, fill: Fill, paths: Sequence[SlotPath] = ()) -> Wanted:
        """Bring the rows up to date, then have a child started that takes its order from a socket.

        ``paths`` are the slots of rows that the query reads. The end of the child is told on a pipe. What ``fill``
        returns or raises is returned or raised here.
        """
        with self._lock:
            return self._ask(channel, ended, fill, paths)

    def _ask(self, channel: int, ended: int, fill: Fill, paths: Sequence[SlotPath]) -> Wanted:
        anew = self._running is None
        control = self._control()
        wanted = fill(self._put, anew)
        self._send(PATHS, msgspec.msgpack.encode((paths, wanted)))
        with self._gone_on_error():
            socket.send_fds(control, [MESSAGE.pack(QUERY, 0)], [channel, ended])
        return wanted

    def _put(self, blocks: Mapping[Block, Rows | None]) -> None:
        self._send(ROWS, pickle.dumps(dict(blocks), protocol=5))

    def _send(self, kind: bytes, content: bytes) -> None:
        with self._gone_on_error():
            self._control().sendall(MESSAGE.pack(kind, len(content)) + content)

    @contextmanager
    def _gone_on_error(self) -> Iterator[None]:
        """End the server where a message was not sent whole: nothing that follows would be understood."""
        try:
            yield
        except BaseException as error:
            self._stop()
            if isinstance(error, OSError):
                raise ServerGone("the process that answers queries has ended") from error
            raise

    def _control(self) -> socket.socket:
        if self._running is None:
            self._running = _launch()
            self._end = weakref.finalize(self, _end, *self._running)
        return self._running[1]

    def _stop(self) -> None:
        if self._end is not None:
            self._end()
        self._running = self._end = None


def _launch() -> tuple[subprocess.Popen[bytes], socket.socket]:
    ours, theirs = socket.socketpair()
    with theirs, ExitStack() as unless_it_runs:
        unless_it_runs.enter_context(ours)
        process = subprocess.Popen(  # noqa: S603  # our own module, and a number
            [sys.executable, "-S", "-P", "-m", _MODULE, str(theirs.fileno())],
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
