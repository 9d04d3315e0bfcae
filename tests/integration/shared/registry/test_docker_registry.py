"""The client against the real docker-registry."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.images.image import Format, Image, ImageIndex, build_attestation, build_image, build_index
from local.images.layers import Compression, build_layer, raw_layer, sha256
from local.images.push import delete_manifest, push
from shared.domain.failures import FailureReason, ScanFailure
from shared.domain.references import InvalidReference
from shared.registry.allowlist import Allowlist
from shared.registry.client import RegistryClient
from shared.registry.interface import BasicCredential, Descriptor, ImageManifest, IndexManifest
from shared.registry.retries import RetryPolicy
from tests.support.docker_registry import DockerRegistry, start_registry
from tests.support.ports import refusing_host

FILES = {"etc/os-release": b"ID=alpine\n", "lib/apk/db/installed": b"P:musl\nV:1.2.5-r0\n\n"}
# bcrypt of "open sesame"
HTPASSWD = "robot:$2b$05$abcdefghijklmnopqrstuupx2xBUC4954936wVIjyyPHmUBFu0wCW\n"


def read(client: RegistryClient, host: str, repository: str, descriptor: Descriptor) -> bytes:
    return b"".join(client.blob(host, repository, descriptor))


def image_of(client: RegistryClient, host: str, repository: str, reference: str) -> ImageManifest:
    manifest = client.manifest(host, repository, reference)
    assert isinstance(manifest, ImageManifest)
    return manifest


@pytest.mark.parametrize("format_", ["oci", "docker"])
@pytest.mark.parametrize("compression", ["gzip", "zstd", "none"])
def test_an_image_comes_back_as_it_was_pushed(
    registry: DockerRegistry, client: RegistryClient, format_: Format, compression: Compression
) -> None:
    layer = build_layer(FILES, compression)
    made = build_image([layer], format=format_)
    push(registry.url, f"same/{format_}", made, tag=compression)
    assert client.resolve(registry.host, f"same/{format_}", compression) == made.digest
    for reference in (compression, made.digest):
        manifest = image_of(client, registry.host, f"same/{format_}", reference)
        assert (manifest.digest, manifest.media_type) == (made.digest, made.media_type)
        assert client.config(registry.host, f"same/{format_}", manifest).diff_ids == (layer.diff_id,)
        assert read(client, registry.host, f"same/{format_}", manifest.layers[0]) == layer.blob


@pytest.mark.parametrize("format_", ["oci", "docker"])
def test_every_platform_of_an_index_can_be_read(
    registry: DockerRegistry, client: RegistryClient, format_: Format
) -> None:
    made = index_of_three(format_)
    push(registry.url, f"index/{format_}", made, tag="v1")
    index = client.manifest(registry.host, f"index/{format_}", "v1")
    assert isinstance(index, IndexManifest)
    assert index.digest == client.resolve(registry.host, f"index/{format_}", "v1") == made.digest
    images = [entry for entry in index.entries if not entry.is_attestation]
    assert len(images) == 2
    for entry in images:
        manifest = image_of(client, registry.host, f"index/{format_}", entry.digest)
        assert client.config(registry.host, f"index/{format_}", manifest).platform == entry.platform


def index_of_three(format_: Format) -> ImageIndex:
    layer = build_layer(FILES)
    amd64 = build_image([layer], format=format_)
    arm64 = build_image([layer], architecture="arm64", variant="v8", format=format_)
    return build_index([amd64, arm64, build_attestation(amd64)], format=format_)


def test_a_digest_resolves_to_itself(registry: DockerRegistry, client: RegistryClient) -> None:
    digest = push(registry.url, "digests", build_image([build_layer(FILES)]))
    assert client.resolve(registry.host, "digests", digest) == digest


@pytest.mark.parametrize("reference", ["never", "sha256:" + "0" * 64])
def test_a_manifest_that_is_not_there_is_missing(
    registry: DockerRegistry, client: RegistryClient, reference: str
) -> None:
    for call in (client.resolve, client.manifest):
        with pytest.raises(ScanFailure, match="is not in") as failure:
            call(registry.host, "nowhere", reference)
        assert failure.value.reason is FailureReason.MANIFEST_MISSING
        assert not failure.value.retryable


def test_a_deleted_manifest_is_missing(registry: DockerRegistry, client: RegistryClient) -> None:
    digest = push(registry.url, "deleted", build_image([build_layer(FILES)]), tag="v1")
    delete_manifest(registry.url, "deleted", digest)
    with pytest.raises(ScanFailure) as failure:
        client.manifest(registry.host, "deleted", digest)
    assert failure.value.reason is FailureReason.MANIFEST_MISSING


def test_a_blob_that_is_not_there_is_missing(registry: DockerRegistry, client: RegistryClient) -> None:
    push(registry.url, "blobs", build_image([build_layer(FILES)]))
    with pytest.raises(ScanFailure) as failure:
        read(client, registry.host, "blobs", Descriptor("", "sha256:" + "0" * 64, 10))
    assert failure.value.reason is FailureReason.BLOB_MISSING


@pytest.fixture
def large(registry: DockerRegistry) -> tuple[Image, Descriptor]:
    blob = os.urandom(1_500_000)
    layer = raw_layer(blob, "application/vnd.oci.image.layer.v1.tar")
    made = build_image([layer])
    push(registry.url, "large", made, tag="v1")
    return made, Descriptor(layer.media_type, layer.digest, len(blob))


def test_a_blob_cut_in_storage_is_truncated_after_asking_for_the_rest_once(
    registry: DockerRegistry, client: RegistryClient, large: tuple[Image, Descriptor], waits: list[float]
) -> None:
    path = registry.blob_path(large[1].digest)
    os.truncate(path, 1_000_000)
    received: list[bytes] = []
    with pytest.raises(ScanFailure, match="1000000 of 1500000") as failure:
        received.extend(client.blob(registry.host, "large", large[1]))
    assert len(b"".join(received)) == 1_000_000
    assert len(waits) == 1
    assert failure.value.reason is FailureReason.BLOB_TRUNCATED
    assert failure.value.retryable


def test_a_blob_with_one_wrong_byte_is_a_mismatch(
    registry: DockerRegistry, client: RegistryClient, large: tuple[Image, Descriptor]
) -> None:
    corrupt(registry.blob_path(large[1].digest), 700_000)
    with pytest.raises(ScanFailure, match="other bytes") as failure:
        read(client, registry.host, "large", large[1])
    assert failure.value.reason is FailureReason.DIGEST_MISMATCH
    assert not failure.value.retryable


def test_a_blob_longer_than_promised_is_a_mismatch_and_no_byte_more_is_given(
    registry: DockerRegistry, client: RegistryClient, large: tuple[Image, Descriptor]
) -> None:
    with registry.blob_path(large[1].digest).open("ab") as blob:
        blob.write(b"more")
    received: list[bytes] = []
    with pytest.raises(ScanFailure, match="more than its 1500000 bytes") as failure:
        received.extend(client.blob(registry.host, "large", large[1]))
    assert len(b"".join(received)) <= large[1].size
    assert failure.value.reason is FailureReason.DIGEST_MISMATCH


@pytest.mark.parametrize("by_tag", [True, False])
def test_a_manifest_with_a_wrong_byte_is_a_mismatch(
    registry: DockerRegistry, client: RegistryClient, large: tuple[Image, Descriptor], by_tag: bool
) -> None:
    path = registry.blob_path(large[0].digest)
    path.write_bytes(path.read_bytes().replace(b'"size": 1500000', b'"size": 1500001'))
    with pytest.raises(ScanFailure) as failure:
        client.manifest(registry.host, "large", "v1" if by_tag else large[0].digest)
    assert failure.value.reason is FailureReason.DIGEST_MISMATCH


def test_a_configuration_with_a_wrong_byte_is_a_mismatch(registry: DockerRegistry, client: RegistryClient) -> None:
    made = build_image([build_layer(FILES)], created="2024-02-03T04:05:06Z")
    push(registry.url, "config", made, tag="v1")
    manifest = image_of(client, registry.host, "config", "v1")
    path = registry.blob_path(manifest.config.digest)
    path.write_bytes(path.read_bytes().replace(b"2024-02", b"2025-02"))
    with pytest.raises(ScanFailure) as failure:
        client.config(registry.host, "config", manifest)
    assert failure.value.reason is FailureReason.DIGEST_MISMATCH


def test_a_reader_that_stops_early_leaves_the_client_usable(
    registry: DockerRegistry, client: RegistryClient, large: tuple[Image, Descriptor]
) -> None:
    for _ in range(20):
        chunks = client.blob(registry.host, "large", large[1])
        next(chunks)
        del chunks
    assert sha256(read(client, registry.host, "large", large[1])) == large[1].digest


def test_many_threads_may_read_at_once(
    registry: DockerRegistry, client: RegistryClient, large: tuple[Image, Descriptor]
) -> None:
    digests: list[str] = []

    def scan() -> None:
        digests.append(sha256(read(client, registry.host, "large", large[1])))

    threads = [threading.Thread(target=scan) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert digests == [large[1].digest] * 12


@pytest.mark.parametrize("repository", ["../../v2", "UPPER", "a?b", "a b", "a/../b", ""])
def test_a_repository_outside_the_grammar_reaches_no_address(
    registry: DockerRegistry, client: RegistryClient, repository: str
) -> None:
    with pytest.raises(InvalidReference):
        client.manifest(registry.host, repository, "v1")


def test_a_registry_that_is_down_is_unreachable() -> None:
    with refusing_host() as host:
        waits: list[float] = []
        client = RegistryClient(Allowlist.of([f"http://{host}"]), retries=RetryPolicy(sleep=waits.append))
        with pytest.raises(ScanFailure, match="cannot be reached") as failure:
            client.resolve(host, "team/app", "v1")
    assert failure.value.reason is FailureReason.REGISTRY_UNREACHABLE
    assert failure.value.retryable
    assert len(waits) == 3


def test_a_registry_whose_name_does_not_resolve_is_unreachable() -> None:
    client = RegistryClient(Allowlist.of(["nowhere.invalid"]), retries=RetryPolicy(attempts=1))
    with pytest.raises(ScanFailure, match=r"nowhere\.invalid cannot be reached") as failure:
        client.resolve("nowhere.invalid", "team/app", "v1")
    assert failure.value.reason is FailureReason.REGISTRY_UNREACHABLE


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DockerRegistry]:
    with start_registry(tmp_path_factory.mktemp("guarded"), htpasswd=HTPASSWD) as running:
        yield running


def test_a_password_opens_its_registry(guarded: DockerRegistry) -> None:
    passwords = {guarded.host: BasicCredential("robot", "open sesame")}
    client = RegistryClient(Allowlist.of([guarded.url]), passwords=passwords)
    with pytest.raises(ScanFailure) as failure:
        client.manifest(guarded.host, "team/app", "v1")
    # Missing, not unauthorized: the registry let the request in.
    assert failure.value.reason is FailureReason.MANIFEST_MISSING
    client.close()


@pytest.mark.parametrize("password", [None, "wrong"])
def test_without_the_right_password_access_is_missing(guarded: DockerRegistry, password: str | None) -> None:
    passwords = {guarded.host: BasicCredential("robot", password)} if password else None
    client = RegistryClient(Allowlist.of([guarded.url]), passwords=passwords)
    with pytest.raises(ScanFailure, match="user name and password") as failure:
        client.manifest(guarded.host, "team/app", "v1")
    assert failure.value.reason is FailureReason.UNAUTHORIZED
    assert "open sesame" not in failure.value.message
    client.close()


def corrupt(path: Path, offset: int) -> None:
    content = bytearray(path.read_bytes())
    content[offset] ^= 1
    path.write_bytes(content)
