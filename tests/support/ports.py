"""Free ports for programs that must be told theirs before they start."""

import os
import random
import socket
from collections.abc import Iterator
from contextlib import contextmanager

# Below the range from which systems take ports for outgoing connections, so that none is lost between two runs.
_LOWEST, _HIGHEST = 20_000, 32_000
_given: set[int] = set()


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens on, and that no other call of this test run returns."""
    while True:
        port = random.choice(_candidates(os.environ.get("PYTEST_XDIST_WORKER", "")))
        if port not in _given and _is_free(port):
            _given.add(port)
            return port


def _candidates(worker: str) -> range:
    # Workers share no port: one that is chosen here and not yet listened on looks free to the others.
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    return range(_LOWEST + int(worker.removeprefix("gw") or 0), _HIGHEST, workers)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


@contextmanager
def refusing_host() -> Iterator[str]:
    """Give a host and port that refuse every connection: the port is bound, so that nobody else can listen on it."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield f"127.0.0.1:{bound.getsockname()[1]}"
