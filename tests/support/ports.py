"""Free ports for programs that must be told theirs before they start."""

import random
import socket
from collections.abc import Iterator
from contextlib import contextmanager

# Below the range from which systems take ports for outgoing connections, so that none is lost between two runs.
_CANDIDATES = range(20_000, 32_000)


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens on."""
    while True:
        port = random.choice(_CANDIDATES)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port


@contextmanager
def refusing_host() -> Iterator[str]:
    """Give a host and port that refuse every connection: the port is bound, so that nobody else can listen on it."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield f"127.0.0.1:{bound.getsockname()[1]}"
