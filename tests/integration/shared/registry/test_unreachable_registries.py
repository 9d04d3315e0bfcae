"""Every way in which a registry can fail to answer, over real sockets: what is said of it, and what to do."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from local.images.image import build_image
from local.images.layers import raw_layer
from shared.domain.failures import FailureReason, ScanFailure
from shared.registry import network_failures, pools
from shared.registry.allowlist import Allowlist, Endpoint
from shared.registry.client import RegistryClient
from shared.registry.interface import ImageManifest
from shared.registry.retries import RetryPolicy
from tests.support.acr import AcrStandIn, RecordingServer, Reply, make_tls, silent_listener
from tests.support.ports import refusing_host

LAYER = raw_layer(b"layer", "application/octet-stream")
# As Azure Container Registry answers behind a firewall; it escapes the quotes.
FIREWALL = (
    rb'{"errors":[{"code":"DENIED","message":"client with IP \u0027203.0.113.7\u0027 is not allowed access. '
    rb'Refer https://aka.ms/acr/firewall to grant access."}]}'
)
ONCE = RetryPolicy(attempts=1)


@pytest.fixture(autouse=True)
def image(acr: AcrStandIn) -> None:
    acr.add("team/app", build_image([LAYER]), "v1")


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for one second only, where the product waits for ten and thirty."""
    for module in (pools, network_failures):
        monkeypatch.setattr(module, "CONNECT_SECONDS", 1.0)
        monkeypatch.setattr(module, "READ_SECONDS", 1.0)


def failure_of(host: str, *, azure: bool = True, scheme: str = "https") -> ScanFailure:
    client = RegistryClient(Allowlist([Endpoint(host, scheme, azure)]), retries=ONCE)
    with pytest.raises(ScanFailure) as failure:
        client.resolve(host, "team/app", "v1")
    client.close()
    return failure.value


@contextmanager
def full_listener() -> Iterator[str]:
    """Listen with a queue that is full: the system drops the packets of whoever connects, as a firewall does."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(listener.getsockname())
        yield f"127.0.0.1:{listener.getsockname()[1]}"
        for one in waiting:
            one.close()


def test_a_name_without_an_address_asks_for_the_zone_of_private_endpoints(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> object:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    # Nobody outside is asked about a name that somebody may register.
    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    failure = failure_of("plimsollnowhere.azurecr.io")
    assert failure.reason is FailureReason.REGISTRY_UNREACHABLE
    assert "no address was found for its name (Name or service not known)" in failure.message
    assert "privatelink.azurecr.io is linked" in failure.message


def test_a_name_elsewhere_says_nothing_of_private_endpoints() -> None:
    failure = failure_of("nowhere.invalid", azure=False)
    assert "no address was found" in failure.message
    assert "privatelink" not in failure.message


def test_a_refused_connection_asks_for_a_way_in() -> None:
    with refusing_host() as host:
        failure, own = failure_of(host), failure_of(host, azure=False)
    assert failure.reason is FailureReason.REGISTRY_UNREACHABLE
    assert failure.message.startswith(f"{host} cannot be reached: no connection could be made (Connection refused)")
    assert "network refused: enable a private endpoint" in failure.message
    assert "check that the registry runs" in own.message


@pytest.mark.usefixtures("hasty")
def test_dropped_packets_look_like_a_firewall() -> None:
    with full_listener() as host:
        failure = failure_of(host)
    assert failure.reason is FailureReason.REGISTRY_UNREACHABLE
    assert "nothing answered within 1 seconds, as where a firewall drops" in failure.message
    assert "enable a private endpoint" in failure.message


@pytest.mark.usefixtures("hasty")
def test_a_registry_that_says_nothing_is_told_apart_from_one_that_cannot_be_reached() -> None:
    with silent_listener() as listener:
        failure = failure_of(f"127.0.0.1:{listener.getsockname()[1]}", scheme="http", azure=False)
    assert "took the connection, and said nothing for 1 seconds" in failure.message


def test_a_connection_that_is_cut_says_so() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        hang_up = threading.Thread(target=lambda: server.accept()[0].close())
        hang_up.start()
        failure = failure_of(f"127.0.0.1:{server.getsockname()[1]}", scheme="http", azure=False)
        hang_up.join()
    assert "the connection was cut" in failure.message


def test_an_untrusted_certificate_is_named_as_what_is_wrong(tmp_path: Path) -> None:
    # The fixture's own certificate is trusted; this one is of somebody who stands between.
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    with RecordingServer(lambda _: Reply(200), make_tls(elsewhere)[0]) as server:
        failure = failure_of(server.host)
    assert failure.reason is FailureReason.REGISTRY_UNREACHABLE
    assert "its TLS was not accepted (self-signed certificate" in failure.message
    assert "inspects TLS" in failure.message


def test_a_registry_without_tls_is_no_registry_of_https() -> None:
    with RecordingServer(lambda _: Reply(200)) as server:
        failure = failure_of(server.host)
    assert "its TLS was not accepted" in failure.message


@pytest.mark.parametrize("path", ["/v2/", "/oauth2/exchange", "/oauth2/token"])
def test_the_firewall_of_a_registry_says_which_address_it_saw(
    acr: AcrStandIn, azure_client: RegistryClient, path: str
) -> None:
    acr.faults += [(path, Reply(403, FIREWALL))] * 2
    with pytest.raises(ScanFailure) as failure:
        azure_client.resolve(acr.host, "team/app", "v1")
    assert failure.value.reason is FailureReason.NETWORK_REFUSED
    assert failure.value.message.startswith(
        f"network refused: the network rules of {acr.host} do not let 203.0.113.7 in ({acr.host} answered 403)"
    )
    assert "enable a private endpoint" in failure.value.message
    assert not failure.value.retryable


def test_another_403_is_missing_access(acr: AcrStandIn, azure_client: RegistryClient) -> None:
    acr.faults += [("/v2/", Reply(403, b'{"errors":[{"code":"DENIED","message":"<b>no</b>"}]}'))] * 2
    with pytest.raises(ScanFailure, match="AcrPull") as failure:
        azure_client.resolve(acr.host, "team/app", "v1")
    assert failure.value.reason is FailureReason.UNAUTHORIZED
    assert "<b>" not in failure.value.message


def test_a_token_service_that_denies_asks_for_a_role(acr: AcrStandIn, azure_client: RegistryClient) -> None:
    acr.faults += [("/oauth2/exchange", Reply(401))]
    with pytest.raises(ScanFailure, match=r"gave no token \(401\); give the scanner's identity the role AcrPull") as it:
        azure_client.resolve(acr.host, "team/app", "v1")
    assert it.value.reason is FailureReason.UNAUTHORIZED


def pull(client: RegistryClient, acr: AcrStandIn) -> ScanFailure:
    manifest = client.manifest(acr.host, "team/app", "v1")
    assert isinstance(manifest, ImageManifest)
    with pytest.raises(ScanFailure) as failure:
        list(client.blob(acr.host, "team/app", manifest.layers[0]))
    return failure.value


def test_a_data_endpoint_that_is_blocked_is_told_apart_from_the_login_server(
    acr: AcrStandIn, azure_client: RegistryClient
) -> None:
    with refusing_host() as blocked:
        acr.redirect = f"https://{blocked}/{{digest}}?sig=secret"
        failure = pull(azure_client, acr)
    assert failure.reason is FailureReason.REGISTRY_UNREACHABLE
    assert failure.message.startswith(
        f"{acr.host} answers, but it sends downloads to {blocked}, its data endpoint or storage: {blocked} cannot"
    )
    assert "data endpoint included" in failure.message
    assert "sig=secret" not in failure.message


def test_a_data_endpoint_behind_the_firewall_says_the_same_as_its_registry(
    acr: AcrStandIn, azure_client: RegistryClient
) -> None:
    acr.storage_refusal = Reply(403, FIREWALL)
    failure = pull(azure_client, acr)
    assert failure.reason is FailureReason.NETWORK_REFUSED
    assert f"({acr.storage.host} answered 403)" in failure.message
