"""Ports are checked before anything is started."""

import socket

import pytest

from local.failures import PortInUse
from local.ports import Port, accepts_connections, require_free
from tests.support.ports import free_port


def test_free_ports_pass() -> None:
    require_free([Port(free_port(), "the host", "--port")])


def test_a_port_that_somebody_listens_on_is_named_with_its_option() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        with pytest.raises(PortInUse) as refused:
            require_free([Port(taken, "the registry", "--registry-port")])
    expected = f"port {taken}, wanted for the registry, is in use: choose another with --registry-port"
    assert str(refused.value) == expected


def test_a_port_taken_on_every_address_counts() -> None:
    with socket.create_server(("", 0)) as other, pytest.raises(PortInUse):
        require_free([Port(other.getsockname()[1], "the host", "--port")])


def test_two_programs_cannot_share_a_port() -> None:
    port = free_port()
    with pytest.raises(PortInUse, match="wanted for Azurite"):
        require_free([Port(port, "the host", "--port"), Port(port, "Azurite", "--azurite-ports")])


def test_a_port_accepts_connections_only_while_somebody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert accepts_connections(port)
    assert not accepts_connections(port)
