"""Manifests that no honest registry would hand out: each is a typed answer, and nothing is asked for in circles."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest

from local.images.image import build_index
from local.images.layers import sha256
from shared.domain.image_health import Health
from shared.domain.media_types import DOCKER_MANIFEST, OCI_INDEX
from tests.support.examples import digest
from tests.support.hostile.registry import LyingRegistry
from tests.support.made_images import debian_image
from tests.support.service import Service

OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
DEEP = b"[" * 10_000 + b"]" * 10_000


@pytest.fixture
def lying() -> Iterator[LyingRegistry]:
    registry = LyingRegistry()
    yield registry
    registry.close()


@pytest.fixture
def misled(make_service: Callable[..., Service], lying: LyingRegistry) -> Service:
    service = make_service(registries=(f"http://{lying.host}",))
    service.host = lying.host
    service.app.refresh_advisories()
    return service


def _answered(service: Service, wanted: str, media_type: str) -> str:
    service.deliver(service.push_event("team/app", wanted, media_type))
    service.drain()
    found = service.image(wanted)
    assert found.health is Health.NOT_ASSESSED
    return found.reason


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        pytest.param(b" " * (10 << 20), "longer than the 4194304 bytes", id="10-MiB"),
        pytest.param(b'{"layers": ' + DEEP + b"}", "manifest-invalid", id="10000-deep"),
        pytest.param(b'{"config": null, "layers": [], "manifests": []}', "an image and an index at once", id="both"),
        pytest.param(b"\xff\xfe", "manifest-invalid", id="noise"),
        pytest.param(b'{"schemaVersion": 1, "fsLayers": []}', "schema 1", id="schema-1"),
        pytest.param(b'{"manifests": [' + b"{}," * 2000 + b"{}]}", "manifest-invalid", id="empty-entries"),
    ],
)
def test_a_manifest_that_cannot_be_is_said_to_be_so(
    body: bytes, reason: str, misled: Service, lying: LyingRegistry
) -> None:
    lying.add_manifest(sha256(body), body, OCI_MANIFEST)

    assert reason in _answered(misled, sha256(body), OCI_MANIFEST)

    good = debian_image({"openssl": "3.0.15-1"})
    lying.add(good)
    misled.deliver(misled.push_event("team/app", good.digest, good.media_type))
    misled.drain()
    assert misled.image(good.digest).health is Health.HEALTHY


def test_an_index_that_contains_itself_has_another_digest_than_it_says(misled: Service, lying: LyingRegistry) -> None:
    itself = digest(1)
    entry = {"mediaType": OCI_INDEX, "digest": itself, "size": 10}
    body = json.dumps({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": [entry]}).encode()
    lying.add_manifest(itself, body, OCI_INDEX)

    assert "digest-mismatch" in _answered(misled, itself, DOCKER_MANIFEST)


def test_indexes_in_indexes_are_followed_to_their_images_once(misled: Service, lying: LyingRegistry) -> None:
    flawed = debian_image({"openssl": "3.0.1-1"}, image_format="oci")
    lying.add(flawed)
    inner = build_index([flawed])
    lying.add_manifest(inner.digest, inner.manifest, inner.media_type)
    for _level in range(3):
        entry = {"mediaType": OCI_INDEX, "digest": inner.digest, "size": len(inner.manifest)}
        inner = build_index([], extra=[entry, entry])
        lying.add_manifest(inner.digest, inner.manifest, inner.media_type)

    misled.deliver(misled.push_event("team/app", inner.digest, inner.media_type))
    misled.drain()

    assert misled.image(flawed.digest).health is Health.UNHEALTHY
    assert misled.event_types(flawed.digest).count("ScanCompleted") == 1


def test_an_index_with_another_image_under_the_digest_of_a_good_one_is_no_answer(
    misled: Service, lying: LyingRegistry
) -> None:
    good, other = debian_image({"openssl": "3.0.15-1"}), debian_image({"openssl": "3.0.1-1"})
    lying.add(other)
    lying.add_manifest(good.digest, other.manifest, other.media_type)

    assert "digest-mismatch" in _answered(misled, good.digest, good.media_type)
