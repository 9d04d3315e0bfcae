"""The server of the sandbox as a process of this worker: started when it is needed, and again when it has ended."""

import logging
import socket
import threading

from shared.bare_process import BareProcess

_log = logging.getLogger(__name__)


class ServerProcess:
    """Starts children in a process that is none of this worker's; any thread may ask for one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._server = BareProcess("shared.inventory.sandbox.server")

    @property
    def pid(self) -> int | None:
        """The process, if it runs."""
        return self._server.pid

    def start(self) -> None:
        """Start the server, unless it runs, so that the first child need not wait for it."""
        with self._lock:
            self._server.control()

    def close(self) -> None:
        """End the server; children end with what they are doing."""
        with self._lock:
            self._server.stop()

    def child(self, channel: int, ended: int) -> None:
        """Have a child started that takes its order from a socket, its end told on a pipe."""
        with self._lock:
            try:
                socket.send_fds(self._server.control(), [b"+"], [channel, ended])
            except OSError:
                _log.warning("the process that reads layers has ended and is started again")
                self._server.stop()
                socket.send_fds(self._server.control(), [b"+"], [channel, ended])
