"""``python -m shared.inventory.sandbox.server FD``: the process that the children of the sandbox are forked from.

It has loaded the readers and does nothing with them: a child begins within milliseconds, with the memory of this
process instead of that of a worker, which holds credentials. Each byte on the socket FD brings the channel of a new
child, and the pipe on which to tell how it ended. The end of the socket is the end of the server.
"""

import gc
import os
import selectors
import signal
import sys
from contextlib import suppress
from socket import recv_fds, socket

from shared.inventory.sandbox.child import run, silence
from shared.inventory.sandbox.orders import ENDED

_CHANNEL = 3


def main() -> None:
    """Serve until the other end is closed."""
    control = socket(fileno=int(sys.argv[1]))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # What is there already is never looked through again: the pages stay shared with the children.
    gc.freeze()
    Server(control).serve()


class Server:
    """Forks a child for each channel that comes, and tells how the child ended."""

    def __init__(self, control: socket) -> None:
        self._control = control
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
        said, files, _flags, _address = recv_fds(self._control, 1, 2)
        if not said:
            return False
        channel, pipe = files
        try:
            child = os.fork()
        except OSError:
            # Memory or processes are short just now: this client sees its channel end, the others go on.
            os.close(channel)
            os.close(pipe)
            return True
        if child == 0:
            _be_child(channel)
        os.close(channel)
        self._pipes[child] = pipe
        return True

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


def _be_child(channel: int) -> None:
    status = 1
    try:
        # Other channels must not stay open here: their clients wait for the end of the stream.
        os.dup2(channel, _CHANNEL, inheritable=False)
        os.closerange(_CHANNEL + 1, os.sysconf("SC_OPEN_MAX"))
        signal.set_wakeup_fd(-1)
        silence()
        run(socket(fileno=_CHANNEL))
        status = 0
    finally:
        os._exit(status)


if __name__ == "__main__":
    main()
