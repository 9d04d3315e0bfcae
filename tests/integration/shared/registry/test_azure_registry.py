"""The client against a stand-in that speaks the protocol of Azure Container Registry, with TLS."""

import json
import os
import threading
import time
from collections import Counter
from email.utils import formatdate

import pytest

from local.images.image import Image, build_image
from local.images.layers import raw_layer, sha256
from shared.domain.clouds import REGISTRY_SCOPE
from shared.domain.failures import FailureReason, ScanFailure
from shared.registry.allowlist import Allowlist, Endpoint
from shared.registry.client import RegistryClient
from shared.registry.interface import Descriptor, ImageManifest
from shared.registry.limits import DEFAULT_LIMITS
from tests.integration.shared.registry.conftest import ScannerIdentity
from tests.support.acr import ENTRA_TOKEN, AcrStandIn, Reply

REPOSITORY = "team/app"
BLOB = os.urandom(3_000_000)
LAYER = raw_layer(BLOB, "application/vnd.oci.image.layer.v1.tar")
DESCRIPTOR = Descriptor(LAYER.media_type, LAYER.digest, len(BLOB))
MANIFEST = f"/v2/{REPOSITORY}/manifests/"


@pytest.fixture(autouse=True)
def image(acr: AcrStandIn) -> Image:
    made = build_image([LAYER])
    acr.add(REPOSITORY, made, "v1")
    return made


def pull(client: RegistryClient, acr: AcrStandIn, repository: str = REPOSITORY) -> bytes:
    manifest = client.manifest(acr.host, repository, "v1")
    assert isinstance(manifest, ImageManifest)
    return b"".join(client.blob(acr.host, repository, manifest.layers[0]))


def calls(acr: AcrStandIn) -> Counter[str]:
    paths = [request.path.partition("?")[0] for request in acr.registry.received]
    return Counter(path if path.startswith("/oauth2") else path.split("/")[-2] for path in paths)


def test_one_pull_takes_five_requests_and_the_next_takes_two(
    acr: AcrStandIn, azure_client: RegistryClient, identity: ScannerIdentity
) -> None:
    assert pull(azure_client, acr) == BLOB
    assert calls(acr) == {"manifests": 2, "/oauth2/exchange": 1, "/oauth2/token": 1, "blobs": 1}
    assert len(acr.storage.received) == 1
    assert pull(azure_client, acr) == BLOB
    assert calls(acr) == {"manifests": 3, "/oauth2/exchange": 1, "/oauth2/token": 1, "blobs": 2}
    assert identity.scopes == [REGISTRY_SCOPE]


def test_a_second_repository_needs_one_more_token_and_no_challenge(
    acr: AcrStandIn, azure_client: RegistryClient, image: Image
) -> None:
    acr.add("team/other", image, "v1")
    azure_client.resolve(acr.host, REPOSITORY, "v1")
    azure_client.resolve(acr.host, "team/other", "v1")
    assert calls(acr) == {"manifests": 3, "/oauth2/exchange": 1, "/oauth2/token": 2}


def test_only_reading_one_repository_is_asked_for_whatever_the_challenge_names(
    acr: AcrStandIn, azure_client: RegistryClient
) -> None:
    azure_client.resolve(acr.host, REPOSITORY, "v1")
    assert [request.form["scope"] for request in acr.registry.seen("/oauth2/token")] == [
        f"repository:{REPOSITORY}:pull"
    ]


def test_many_threads_ask_for_one_token(acr: AcrStandIn, azure_client: RegistryClient) -> None:
    digests: list[str] = []
    threads = [
        threading.Thread(target=lambda: digests.append(azure_client.resolve(acr.host, REPOSITORY, "v1")))
        for _ in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(digests) == 12
    assert calls(acr)["/oauth2/exchange"] == calls(acr)["/oauth2/token"] == 1


def test_a_token_that_is_about_to_expire_is_replaced_beforehand(acr: AcrStandIn, azure_client: RegistryClient) -> None:
    acr.token_seconds = 0.5
    azure_client.resolve(acr.host, REPOSITORY, "v1")
    time.sleep(0.3)
    azure_client.resolve(acr.host, REPOSITORY, "v1")
    assert calls(acr) == {"manifests": 3, "/oauth2/exchange": 1, "/oauth2/token": 2}


def test_a_revoked_token_is_replaced_once(acr: AcrStandIn, azure_client: RegistryClient) -> None:
    azure_client.resolve(acr.host, REPOSITORY, "v1")
    acr.revoke()
    azure_client.resolve(acr.host, REPOSITORY, "v1")
    assert calls(acr) == {"manifests": 4, "/oauth2/exchange": 1, "/oauth2/token": 2}


def test_without_an_identity_an_open_registry_is_read_anonymously(acr: AcrStandIn) -> None:
    acr.anonymous = True
    client = RegistryClient(Allowlist([Endpoint(acr.host, "https", azure=True)]))
    assert pull(client, acr) == BLOB
    assert acr.registry.seen("/oauth2/exchange") == []
    client.close()


def test_a_registry_that_refuses_says_which_role_is_missing(acr: AcrStandIn, azure_client: RegistryClient) -> None:
    for fault in (("/oauth2/exchange", Reply(401)), ("/oauth2/token", Reply(403)), (MANIFEST, Reply(403))):
        acr.faults = [fault]
        with pytest.raises(ScanFailure, match=r"AcrPull.*Container Registry Repository Reader") as failure:
            azure_client.manifest(acr.host, REPOSITORY, "v1")
        assert failure.value.reason is FailureReason.UNAUTHORIZED
        assert ENTRA_TOKEN not in failure.value.message


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"\xff", b'{"refresh_token":""}', b'{"refresh_token":"a\\r\\nX-Evil: 1"}', b"{" * 70_000]
)
def test_a_token_service_that_answers_nonsense_is_a_typed_failure(
    acr: AcrStandIn, azure_client: RegistryClient, body: bytes
) -> None:
    acr.faults = [("/oauth2/exchange", Reply(200, body))]
    with pytest.raises(ScanFailure) as failure:
        azure_client.resolve(acr.host, REPOSITORY, "v1")
    assert failure.value.reason in (FailureReason.UNAUTHORIZED, FailureReason.LIMIT_EXCEEDED)


@pytest.mark.parametrize("token", ["", "a\r\nX-Evil: 1", "two words", "ü", "x" * 40_000])
def test_a_token_that_does_not_fit_a_header_is_never_sent(
    acr: AcrStandIn, azure_client: RegistryClient, token: str
) -> None:
    acr.faults = [("/oauth2/token", Reply(200, json.dumps({"access_token": token}).encode()))]
    with pytest.raises(ScanFailure, match="without a usable token") as failure:
        azure_client.resolve(acr.host, REPOSITORY, "v1")
    assert failure.value.reason is FailureReason.UNAUTHORIZED
    assert calls(acr)["manifests"] == 1


def test_storage_gets_no_authorization(acr: AcrStandIn, azure_client: RegistryClient) -> None:
    pull(azure_client, acr)
    assert all("authorization" in request.headers for request in acr.registry.seen(f"/v2/{REPOSITORY}/blobs"))
    assert [request.headers.get("authorization") for request in acr.storage.received] == [None]
    assert acr.storage.received[0].headers["user-agent"] == "plimsoll-scanner/0.1.0"


def test_a_broken_download_goes_on_where_it_stopped(
    acr: AcrStandIn, azure_client: RegistryClient, waits: list[float]
) -> None:
    acr.cuts = [1_000_000, 500_000, 0]
    assert pull(azure_client, acr) == BLOB
    ranges = [request.headers.get("range") for request in acr.storage.received]
    assert ranges == [None, "bytes=1000000-", "bytes=1500000-", "bytes=1500000-"]
    assert len(waits) == 3


def test_a_server_that_ignores_ranges_still_gives_the_blob(acr: AcrStandIn, azure_client: RegistryClient) -> None:
    acr.cuts = [1_000_000, 1_200_000]
    acr.ignore_ranges = True
    assert pull(azure_client, acr) == BLOB


def test_a_download_that_always_breaks_is_truncated_after_some_attempts(
    acr: AcrStandIn, azure_client: RegistryClient
) -> None:
    acr.cuts = [1000] * 20
    with pytest.raises(ScanFailure) as failure:
        pull(azure_client, acr)
    assert failure.value.reason is FailureReason.BLOB_TRUNCATED
    assert len(acr.storage.received) == 6


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_registry_that_is_busy_for_a_moment_is_asked_again(
    acr: AcrStandIn, azure_client: RegistryClient, waits: list[float], status: int
) -> None:
    acr.faults = [
        (MANIFEST, Reply(status, headers={"Retry-After": "2"})),
        ("/oauth2/exchange", Reply(status)),
        ("/oauth2/token", Reply(status, headers={"Retry-After": formatdate(time.time() - 9, usegmt=True)})),
        (f"/v2/{REPOSITORY}/blobs", Reply(status, headers={"Retry-After": "soon"})),
    ]
    assert pull(azure_client, acr) == BLOB
    assert acr.faults == []
    assert len(waits) == 4
    assert waits[0] >= 2.0


@pytest.mark.parametrize(
    ("reply", "requests"),
    [
        (Reply(500), 1),
        (Reply(503), 4),
        (Reply(429, headers={"Retry-After": "300"}), 1),
        (Reply(503, headers={"Retry-After": "Fri, 31 Dec 9999 23:59:59 GMT"}), 1),
    ],
)
def test_a_registry_that_stays_broken_is_an_error_to_try_again_later(
    acr: AcrStandIn, azure_client: RegistryClient, reply: Reply, requests: int
) -> None:
    azure_client.resolve(acr.host, REPOSITORY, "v1")
    before = len(acr.registry.received)
    acr.faults = [(MANIFEST, reply)] * 10
    with pytest.raises(ScanFailure) as failure:
        azure_client.manifest(acr.host, REPOSITORY, "v1")
    assert failure.value.reason is FailureReason.REGISTRY_ERROR
    assert failure.value.retryable
    assert len(acr.registry.received) - before == requests


def test_a_manifest_that_breaks_off_is_asked_for_again(
    acr: AcrStandIn, azure_client: RegistryClient, image: Image
) -> None:
    azure_client.resolve(acr.host, REPOSITORY, "v1")
    acr.faults = [(MANIFEST, Reply(200, image.manifest, cut=50))]
    assert azure_client.manifest(acr.host, REPOSITORY, image.digest).digest == image.digest


def test_a_manifest_without_end_is_a_limit(acr: AcrStandIn, azure_client: RegistryClient) -> None:
    azure_client.resolve(acr.host, REPOSITORY, "v1")
    acr.faults = [(MANIFEST, Reply(200, b" " * (DEFAULT_LIMITS.manifest_bytes + 1)))]
    with pytest.raises(ScanFailure) as failure:
        azure_client.manifest(acr.host, REPOSITORY, "v1")
    assert failure.value.reason is FailureReason.LIMIT_EXCEEDED


@pytest.mark.parametrize("reply", [Reply(405), Reply(200), Reply(200, headers={"Docker-Content-Digest": "latest"})])
def test_a_registry_that_does_not_name_the_digest_is_asked_for_the_manifest(
    acr: AcrStandIn, azure_client: RegistryClient, image: Image, reply: Reply
) -> None:
    azure_client.manifest(acr.host, REPOSITORY, "v1")
    acr.faults = [(MANIFEST, reply)]
    assert azure_client.resolve(acr.host, REPOSITORY, "v1") == image.digest
    assert [request.method for request in acr.registry.received[-2:]] == ["HEAD", "GET"]


def test_a_tag_whose_bytes_are_not_those_of_the_named_digest_is_a_mismatch(
    acr: AcrStandIn, azure_client: RegistryClient, image: Image
) -> None:
    azure_client.resolve(acr.host, REPOSITORY, "v1")
    acr.faults = [(MANIFEST, Reply(200, image.manifest, {"Docker-Content-Digest": sha256(b"other")}))]
    with pytest.raises(ScanFailure) as failure:
        azure_client.manifest(acr.host, REPOSITORY, "v1")
    assert failure.value.reason is FailureReason.DIGEST_MISMATCH


@pytest.mark.parametrize(
    "refusal", [Reply(401, headers={"WWW-Authenticate": 'Bearer realm="https://127.0.0.1/token"'}), Reply(403)]
)
def test_storage_that_refuses_is_no_missing_role_and_starts_no_sign_in(
    acr: AcrStandIn, azure_client: RegistryClient, refusal: Reply
) -> None:
    azure_client.resolve(acr.host, REPOSITORY, "v1")
    acr.storage_refusal = refusal
    with pytest.raises(ScanFailure) as failure:
        list(azure_client.blob(acr.host, REPOSITORY, DESCRIPTOR))
    assert failure.value.reason is FailureReason.REGISTRY_ERROR
    assert calls(acr) == {"manifests": 2, "/oauth2/exchange": 1, "/oauth2/token": 1, "blobs": 1}


def test_a_redirect_to_nowhere_is_an_error(acr: AcrStandIn, azure_client: RegistryClient) -> None:
    azure_client.resolve(acr.host, REPOSITORY, "v1")
    acr.faults = [(f"/v2/{REPOSITORY}/blobs", Reply(307))]
    with pytest.raises(ScanFailure, match="answered 307") as failure:
        list(azure_client.blob(acr.host, REPOSITORY, DESCRIPTOR))
    assert failure.value.reason is FailureReason.REGISTRY_ERROR


def test_a_digest_that_resolves_to_another_is_a_mismatch(
    acr: AcrStandIn, azure_client: RegistryClient, image: Image
) -> None:
    azure_client.resolve(acr.host, REPOSITORY, "v1")
    acr.faults = [(MANIFEST, Reply(200, headers={"Docker-Content-Digest": sha256(b"other")}))]
    with pytest.raises(ScanFailure) as failure:
        azure_client.resolve(acr.host, REPOSITORY, image.digest)
    assert failure.value.reason is FailureReason.DIGEST_MISMATCH


def test_a_certificate_that_is_not_trusted_ends_before_any_request(
    acr: AcrStandIn, azure_client: RegistryClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(ScanFailure, match="certificate") as failure:
        azure_client.resolve(acr.host, REPOSITORY, "v1")
    assert failure.value.reason is FailureReason.REGISTRY_UNREACHABLE
    assert acr.registry.received == []
