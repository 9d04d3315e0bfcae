"""``python -m shared.kql.sandbox.server FD``: the process that holds the rows, and that children are forked from.

A child begins within milliseconds and sees the rows that are there at that moment. What the server reads comes from
the service only; a query is read by its child. The end of the socket FD is the end of the server.
"""

from __future__ import annotations

import gc
import os
import pickle
import selectors
import signal
import sys
from contextlib import suppress
from socket import recv_fds, socket

import msgspec

from shared.kql.evaluation import regexes
from shared.kql.sandbox.child import run, silence
from shared.kql.sandbox.held import HeldRows
from shared.kql.sandbox.orders import ENDED, MESSAGE, PATHS, QUERY, exactly
from shared.kql.value_types import SlotPath

_CHANNEL = 3


def main() -> None:
    """Serve until the other end is closed."""
    control = socket(fileno=int(sys.argv[1]))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # A child may load nothing any more.
    regexes.compiled("")
    # Nothing here makes cycles, and a collection would write to every page that children share.
    gc.disable()
    Server(control).serve()


class Server:
    """Holds rows, forks a child for each query, and tells how the child ended."""

    def __init__(self, control: socket) -> None:
        self._control = control
        self._held = HeldRows()
        self._pipes: dict[int, int] = {}
        self._ended, wake = os.pipe()
        os.set_blocking(wake, False)
        os.set_blocking(self._ended, False)
        signal.signal(signal.SIGCHLD, lambda _signal, _frame: None)
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)

    def serve(self) -> None:
        """Serve until the other end is closed."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._control, selectors.EVENT_READ)
            selector.register(self._ended, selectors.EVENT_READ)
            while True:
                ready = [key.fileobj for key, _events in selector.select()]
                if self._ended in ready:
                    os.read(self._ended, 4096)
                    self._bury()
                if self._control in ready and not self._accept():
                    return

    def _accept(self) -> bool:
        said, files, _flags, _address = recv_fds(self._control, MESSAGE.size, 2)
        if len(said) < MESSAGE.size:
            return False
        kind, length = MESSAGE.unpack(said)
        content = exactly(self._control, length)
        if kind == QUERY:
            self._fork(*files)
        elif kind == PATHS:
            self._held.keep(*msgspec.msgpack.decode(content, type=tuple[list[SlotPath], dict[str, list[str]]]))
        else:
            self._held.update(pickle.loads(content))  # noqa: S301  # from the service itself
        return True

    def _fork(self, channel: int, pipe: int) -> None:
        try:
            child = os.fork()
        except OSError:
            # Memory or processes are short just now: this client sees its channel end, the others go on.
            os.close(channel)
            os.close(pipe)
            return
        if child == 0:
            self._be_child(channel)
        os.close(channel)
        self._pipes[child] = pipe

    def _be_child(self, channel: int) -> None:
        status = 1
        try:
            # Other channels must not stay open here: their clients wait for the end of the stream.
            os.dup2(channel, _CHANNEL, inheritable=False)
            os.closerange(_CHANNEL + 1, os.sysconf("SC_OPEN_MAX"))
            signal.set_wakeup_fd(-1)
            silence()
            run(socket(fileno=_CHANNEL), self._held)
            status = 0
        finally:
            os._exit(status)

    def _bury(self) -> None:
        while self._pipes:
            child, status = os.waitpid(-1, os.WNOHANG)
            if child == 0:
                return
            pipe = self._pipes.pop(child)
            with suppress(BrokenPipeError):
                # A client that has gone does not want to know.
                os.write(pipe, ENDED.pack(os.waitstatus_to_exitcode(status)))
            os.close(pipe)


if __name__ == "__main__":
    main()
