import socket
from collections.abc import Iterator

import pytest
from urllib3.util import parse_url

from shared.domain.failures import FailureReason, ScanFailure
from shared.registry.addresses import Reach
from shared.registry.allowlist import Endpoint
from shared.registry.pools import Pools
from shared.registry.web import Request, Web
from tests.support.acr import Received, RecordingServer, Reply, silent_listener, was_contacted

PUBLIC = Endpoint("20.60.1.1", "https", azure=False)


@pytest.fixture
def pools() -> Iterator[Pools]:
    made = Pools()
    yield made
    made.close()


def test_a_public_registry_cannot_send_the_scanner_to_this_machine(pools: Pools) -> None:
    with silent_listener() as listener:
        for name in ("127.0.0.1", "localhost", "2130706433"):
            url = parse_url(f"https://{name}:{listener.getsockname()[1]}/secret")
            with pytest.raises(ScanFailure, match="deeper in the network") as failure:
                Web(pools).send(PUBLIC, Request("GET", url, {}))
            assert failure.value.reason is FailureReason.REGISTRY_NOT_ALLOWED
        assert not was_contacted(listener)


@pytest.mark.parametrize("address", ["10.0.0.1", "169.254.169.254", "168.63.129.16", "[fd00::1]"])
def test_a_public_registry_cannot_send_the_scanner_into_the_network(pools: Pools, address: str) -> None:
    with pytest.raises(ScanFailure, match="deeper in the network"):
        Web(pools).send(PUBLIC, Request("GET", parse_url(f"https://{address}/latest/meta-data"), {}))


@pytest.mark.parametrize("limit", [Reach.PUBLIC, Reach.PRIVATE, Reach.LOOPBACK])
def test_nobody_is_sent_to_the_metadata_address(pools: Pools, limit: Reach) -> None:
    with pytest.raises(ScanFailure, match="deeper in the network"):
        pools.within(limit).request("GET", "http://169.254.169.254/metadata/instance")


def test_a_name_that_changes_its_address_is_caught_before_anything_is_sent(
    pools: Pools, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = socket.getaddrinfo
    asked: list[object] = []

    def hostile(host: str, port: object, *rest: int, **more: int) -> object:
        asked.append(host)
        return real("20.60.1.1" if len(asked) == 1 else "127.0.0.1", port, *rest, **more)  # type: ignore[arg-type]

    with RecordingServer(lambda _: Reply(200)) as server:
        monkeypatch.setattr(socket, "getaddrinfo", hostile)
        with pytest.raises(ScanFailure, match="deeper in the network"):
            pools.within(Reach.PUBLIC).request("GET", f"http://rebinding.example:{server.host.partition(':')[2]}/")
        assert asked == ["rebinding.example"] * 2
        assert server.received == []


def test_connections_are_used_again(pools: Pools) -> None:
    peers: set[str] = set()

    def answer(request: Received) -> Reply:
        peers.add(request.headers["user-agent"])
        return Reply(200, b"fine")

    with RecordingServer(answer) as server:
        endpoint = Endpoint(server.host, "http", azure=False)
        for _ in range(5):
            answered = Web(pools).send(endpoint, Request("GET", parse_url(f"{server.url}/x"), {}))
            assert answered.read(100, "a page") == b"fine"
        assert counts(pools, server.url) == (5, 1)
        pools.close()
    assert peers == {"plimsoll-scanner/0.1.0"}


def counts(pools: Pools, url: str) -> tuple[int, int]:
    pool = pools.within(Reach.LOOPBACK).connection_from_url(url)
    return pool.num_requests, pool.num_connections
