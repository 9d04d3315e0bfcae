"""The server of the sandbox as a process of this worker: started when it is needed, and again when it has ended."""

from __future__ import annotations

import pickle
import socket
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import msgspec

from shared.bare_process import BareProcess
from shared.kql.failures import ServerGone
from shared.kql.sandbox.orders import MESSAGE, PATHS, QUERY, ROWS, Block, Rows
from shared.kql.value_types import SlotPath

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
        self._server = BareProcess("shared.kql.sandbox.server")

    @property
    def pid(self) -> int | None:
        """The process, if it runs."""
        return self._server.pid

    def close(self) -> None:
        """End the server; children end with what they are doing."""
        with self._lock:
            self._server.stop()

    def child(self, channel: int, ended: int, fill: Fill, paths: Sequence[SlotPath] = ()) -> Wanted:
        """Bring the rows up to date, then have a child started that takes its order from a socket.

        ``paths`` are the slots of rows that the query reads. The end of the child is told on a pipe. What ``fill``
        returns or raises is returned or raised here.
        """
        with self._lock:
            return self._ask(channel, ended, fill, paths)

    def _ask(self, channel: int, ended: int, fill: Fill, paths: Sequence[SlotPath]) -> Wanted:
        anew = self._server.pid is None
        control = self._server.control()
        wanted = fill(self._put, anew)
        self._send(PATHS, msgspec.msgpack.encode((paths, wanted)))
        with self._gone_on_error():
            socket.send_fds(control, [MESSAGE.pack(QUERY, 0)], [channel, ended])
        return wanted

    def _put(self, blocks: Mapping[Block, Rows | None]) -> None:
        self._send(ROWS, pickle.dumps(dict(blocks), protocol=5))

    def _send(self, kind: bytes, content: bytes) -> None:
        with self._gone_on_error():
            self._server.control().sendall(MESSAGE.pack(kind, len(content)) + content)

    @contextmanager
    def _gone_on_error(self) -> Iterator[None]:
        """End the server where a message was not sent whole: nothing that follows would be understood."""
        try:
            yield
        except BaseException as error:
            self._server.stop()
            if isinstance(error, OSError):
                raise ServerGone("the process that answers queries has ended") from error
            raise
