"""Whether the ports that are asked for can be had."""

import socket
from collections.abc import Iterable
from typing import NamedTuple

from local.failures import PortInUse

LOOPBACK = "127.0.0.1"


class Port(NamedTuple):
    """A port number, who wants it, and the command-line option that changes it."""

    number: int
    owner: str
    option: str


def require_free(ports: Iterable[Port]) -> None:
    """Check that nobody listens on these ports of the loopback address and that no two are the same.

    Raises PortInUse, which names every port that cannot be had.
    """
    seen: set[int] = set()
    complaints = []
    for port in ports:
        if port.number in seen or not _is_free(port.number):
            complaints.append(
                f"port {port.number}, wanted for {port.owner}, is in use: choose another with {port.option}"
            )
        seen.add(port.number)
    if complaints:
        raise PortInUse("; ".join(complaints))


def accepts_connections(port: int) -> bool:
    """Say whether somebody listens on a port of the loopback address."""
    try:
        with socket.create_connection((LOOPBACK, port), timeout=1):
            return True
    except OSError:
        return False


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As servers do: a connection that lingers from the last run is no reason to refuse.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True
