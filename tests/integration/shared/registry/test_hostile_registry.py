"""A registry that tries to get credentials, or to send the scanner where it must not go."""

from collections.abc import Iterator

import pytest

from local.images.image import build_image
from local.images.layers import raw_layer
from shared.domain.failures import FailureReason, ScanFailure
from shared.registry.allowlist import Allowlist, Endpoint
from shared.registry.client import RegistryClient
from shared.registry.interface import BasicCredential, Descriptor
from shared.registry.retries import RetryPolicy
from tests.integration.shared.registry.conftest import ScannerIdentity
from tests.support.acr import AcrStandIn, Received, RecordingServer, Reply, silent_listener, was_contacted

LAYER = raw_layer(b"layer", "application/octet-stream")
DESCRIPTOR = Descriptor("application/octet-stream", LAYER.digest, 5)


@pytest.fixture(autouse=True)
def image(acr: AcrStandIn) -> None:
    acr.add("team/app", build_image([LAYER]), "v1")


@pytest.fixture
def thief(acr: AcrStandIn) -> RecordingServer:
    """Use the storage server as one that hopes for credentials: it has TLS and a trusted certificate."""
    acr.realm = f"{acr.storage.url}/blobs/{LAYER.digest}"
    return acr.storage


@pytest.fixture
def password_client(acr: AcrStandIn) -> Iterator[RegistryClient]:
    made = RegistryClient(
        Allowlist([Endpoint(acr.host, "https", azure=False)]),
        passwords={acr.host: BasicCredential("robot", "open sesame")},
        retries=RetryPolicy(sleep=lambda _: None),
    )
    yield made
    made.close()


def test_a_token_service_elsewhere_never_gets_an_entra_token(
    acr: AcrStandIn, azure_client: RegistryClient, identity: ScannerIdentity, thief: RecordingServer
) -> None:
    with pytest.raises(ScanFailure, match="elsewhere") as failure:
        azure_client.resolve(acr.host, "team/app", "v1")
    assert failure.value.reason is FailureReason.UNAUTHORIZED
    assert identity.scopes == []
    assert thief.received == []


def test_a_token_service_elsewhere_gets_an_anonymous_request_and_no_password(
    acr: AcrStandIn, password_client: RegistryClient, thief: RecordingServer
) -> None:
    with pytest.raises(ScanFailure):
        password_client.resolve(acr.host, "team/app", "v1")
    assert [request.method for request in thief.received] == ["GET"]
    assert "authorization" not in thief.received[0].headers
    assert "sesame" not in str(thief.received)


def test_a_token_service_of_its_own_gets_the_password(acr: AcrStandIn, password_client: RegistryClient) -> None:
    with pytest.raises(ScanFailure):
        password_client.resolve(acr.host, "team/app", "v1")
    assert acr.registry.seen("/oauth2/token")[0].headers["authorization"].startswith("Basic ")


@pytest.mark.parametrize(
    "form", ["http://{host}/token", "//{host}/token", "http://user:pw@{host}/token", "https://u@{host}/"]
)
def test_a_token_service_without_tls_is_not_asked(acr: AcrStandIn, password_client: RegistryClient, form: str) -> None:
    with silent_listener() as listener:
        acr.realm = form.format(host=f"127.0.0.1:{listener.getsockname()[1]}")
        with pytest.raises(ScanFailure, match="token service") as failure:
            password_client.resolve(acr.host, "team/app", "v1")
        assert failure.value.reason is FailureReason.UNAUTHORIZED
        assert not was_contacted(listener)


@pytest.mark.parametrize("realm", ["", "not an address", "https://", "https://[::1", "https://x:port/"])
def test_a_token_service_that_is_no_address_is_a_typed_failure(
    acr: AcrStandIn, azure_client: RegistryClient, realm: str
) -> None:
    acr.realm = realm
    with pytest.raises(ScanFailure) as failure:
        azure_client.resolve(acr.host, "team/app", "v1")
    assert failure.value.reason is FailureReason.UNAUTHORIZED


def test_a_redirect_without_tls_is_not_followed(acr: AcrStandIn, azure_client: RegistryClient) -> None:
    with silent_listener() as listener:
        acr.redirect = f"http://127.0.0.1:{listener.getsockname()[1]}/{{digest}}"
        with pytest.raises(ScanFailure, match="no TLS") as failure:
            list(azure_client.blob(acr.host, "team/app", DESCRIPTOR))
        assert failure.value.reason is FailureReason.REGISTRY_NOT_ALLOWED
        assert not was_contacted(listener)


@pytest.mark.parametrize("address", ["https://169.254.169.254/metadata/{digest}", "https://168.63.129.16/{digest}"])
def test_a_redirect_to_the_metadata_address_is_not_followed(
    acr: AcrStandIn, azure_client: RegistryClient, address: str
) -> None:
    acr.redirect = address
    with pytest.raises(ScanFailure, match="deeper in the network") as failure:
        list(azure_client.blob(acr.host, "team/app", DESCRIPTOR))
    assert failure.value.reason is FailureReason.REGISTRY_NOT_ALLOWED
    assert not failure.value.retryable


def test_redirects_in_a_circle_end(acr: AcrStandIn, azure_client: RegistryClient) -> None:
    acr.redirect = f"/v2/team/app/blobs/{{digest}}?again={'x' * 10}"
    with pytest.raises(ScanFailure, match="more than 5 times") as failure:
        list(azure_client.blob(acr.host, "team/app", DESCRIPTOR))
    assert failure.value.reason is FailureReason.REGISTRY_ERROR
    assert all("authorization" in request.headers for request in acr.registry.seen("/v2/team/app/blobs")[1:])


def test_a_request_for_a_token_is_not_redirected(acr: AcrStandIn, azure_client: RegistryClient) -> None:
    acr.faults = [("/oauth2/exchange", Reply(307, headers={"Location": f"{acr.storage.url}/blobs/x"}))]
    with pytest.raises(ScanFailure) as failure:
        azure_client.resolve(acr.host, "team/app", "v1")
    assert failure.value.reason is FailureReason.REGISTRY_ERROR
    assert acr.storage.received == []


@pytest.mark.parametrize("challenge", ["", "Negotiate", 'Bearer realm="unclosed', "x" * 9000, 'Basic realm="r"'])
def test_a_challenge_that_cannot_be_answered_is_a_typed_failure(challenge: str) -> None:
    def answer(_: Received) -> Reply:
        return Reply(401, headers={"WWW-Authenticate": challenge})

    with RecordingServer(answer) as server:
        client = RegistryClient(Allowlist.of([server.url]))
        with pytest.raises(ScanFailure) as failure:
            client.resolve(server.host, "team/app", "v1")
        assert failure.value.reason is FailureReason.UNAUTHORIZED
        client.close()


def test_a_server_that_speaks_no_http_is_unreachable() -> None:
    with RecordingServer(lambda _: Reply(200, headers={f"X-{number}": "" for number in range(200)})) as server:
        client = RegistryClient(Allowlist.of([server.url]), retries=RetryPolicy(sleep=lambda _: None))
        with pytest.raises(ScanFailure) as failure:
            client.resolve(server.host, "team/app", "v1")
        assert failure.value.reason is FailureReason.REGISTRY_UNREACHABLE
        client.close()
