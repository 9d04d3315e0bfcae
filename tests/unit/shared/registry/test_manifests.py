import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.images.image import build_attestation, build_image, build_index
from local.images.layers import build_layer, raw_layer
from shared.domain.events import StatedBase
from shared.domain.failures import FailureReason, ScanFailure
from shared.domain.packages import Platform
from shared.registry.interface import ImageManifest, IndexManifest
from shared.registry.limits import DEFAULT_LIMITS
from shared.registry.manifests import (
    IMAGE_TYPES,
    INDEX_TYPES,
    parse_manifest,
)

DIGEST = "sha256:" + "a" * 64
LAYER = build_layer({"etc/os-release": b"ID=alpine\n"})
DESCRIPTOR = {"mediaType": "application/octet-stream", "digest": DIGEST, "size": 5}


def image(**changes: object) -> bytes:
    document = {"schemaVersion": 2, "mediaType": IMAGE_TYPES[0], "config": DESCRIPTOR, "layers": [DESCRIPTOR]}
    return json.dumps({name: value for name, value in (document | changes).items() if value is not ...}).encode()


def failure_of(body: bytes, content_type: str = "") -> ScanFailure:
    with pytest.raises(ScanFailure) as failure:
        parse_manifest(body, DIGEST, content_type)
    return failure.value


@pytest.mark.parametrize("format_", ["oci", "docker"])
def test_an_image_of_either_format_is_read(format_: str) -> None:
    made = build_image([LAYER], format="oci" if format_ == "oci" else "docker")
    manifest = parse_manifest(made.manifest, made.digest, made.media_type)
    assert isinstance(manifest, ImageManifest)
    assert manifest.digest == made.digest
    assert manifest.media_type == made.media_type
    assert manifest.config.digest in made.blobs
    assert [(layer.digest, layer.size) for layer in manifest.layers] == [(LAYER.digest, len(LAYER.blob))]
    assert manifest.is_image


@pytest.mark.parametrize("format_", ["oci", "docker"])
def test_an_index_of_either_format_lists_every_platform(format_: str) -> None:
    images = [
        build_image([LAYER], architecture="arm64", variant="v8"),
        build_image([LAYER], os="windows", os_version="10.0.20348.1"),
    ]
    made = build_index(images, format="oci" if format_ == "oci" else "docker")
    index = parse_manifest(made.manifest, made.digest, made.media_type)
    assert isinstance(index, IndexManifest)
    assert [entry.digest for entry in index.entries] == [part.digest for part in images]
    assert [entry.size for entry in index.entries] == [len(part.manifest) for part in images]
    assert [entry.platform for entry in index.entries] == [
        Platform("linux", "arm64", "v8"),
        Platform("windows", "amd64", os_version="10.0.20348.1"),
    ]


def test_attestations_are_told_from_images() -> None:
    made = build_image([LAYER])
    attestation = build_attestation(made)
    index_bytes = build_index([made, attestation])
    index = parse_manifest(index_bytes.manifest, index_bytes.digest)
    assert isinstance(index, IndexManifest)
    assert [entry.is_attestation for entry in index.entries] == [False, True]
    alone = parse_manifest(attestation.manifest, attestation.digest)
    assert isinstance(alone, ImageManifest)
    assert alone.is_attestation
    assert not alone.is_image


def test_a_platform_unknown_unknown_marks_an_attestation_by_itself() -> None:
    unknown = {**DESCRIPTOR, "platform": {"os": "unknown", "architecture": "unknown"}}
    body = json.dumps({"schemaVersion": 2, "mediaType": INDEX_TYPES[0], "manifests": [unknown, DESCRIPTOR]}).encode()
    index = parse_manifest(body, DIGEST)
    assert isinstance(index, IndexManifest)
    assert [entry.is_attestation for entry in index.entries] == [True, False]
    assert index.entries[1].platform is None


def test_an_artifact_is_read_and_is_no_image() -> None:
    chart = {**DESCRIPTOR, "mediaType": "application/vnd.cncf.helm.config.v1+json"}
    for body in (image(config=chart), image(artifactType="application/vnd.example.sbom")):
        manifest = parse_manifest(body, DIGEST)
        assert isinstance(manifest, ImageManifest)
        assert not manifest.is_image


def test_an_oci_document_may_leave_its_media_type_out() -> None:
    assert parse_manifest(image(mediaType=...), DIGEST).media_type == IMAGE_TYPES[0]
    assert parse_manifest(b'{"schemaVersion":2,"manifests":[]}', DIGEST).media_type == INDEX_TYPES[0]
    named = parse_manifest(image(mediaType=...), DIGEST, "application/vnd.oci.image.manifest.v1+json; charset=utf-8")
    assert named.media_type == IMAGE_TYPES[0]


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", ""),
        (b"\xff\xfe", ""),
        (b"[]", ""),
        (b"null", ""),
        (b'{"schemaVersion":2}', ""),
        (b'{"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}", ""),
        (image(config=None), ""),
        (image(config={**DESCRIPTOR, "size": -1}), ""),
        (image(config={**DESCRIPTOR, "size": 2**60}), ""),
        (image(config={**DESCRIPTOR, "size": "5"}), ""),
        (image(config={**DESCRIPTOR, "digest": "sha256:../../etc/passwd"}), ""),
        (image(layers=[{**DESCRIPTOR, "digest": "md5:" + "0" * 32}]), ""),
        (image(layers=[{**DESCRIPTOR, "mediaType": "x" * 300}]), ""),
        (image(layers={}), ""),
        (image(manifests=[DESCRIPTOR]), ""),
        (image(mediaType=INDEX_TYPES[0], manifests=[DESCRIPTOR]), ""),
        (image(mediaType=INDEX_TYPES[0], manifests=[DESCRIPTOR], config=...), ""),
        (image(mediaType=INDEX_TYPES[0]), ""),
        (image(mediaType=IMAGE_TYPES[0]), INDEX_TYPES[0]),
        (image(mediaType=IMAGE_TYPES[0]), IMAGE_TYPES[1]),
        (image(mediaType="application/vnd.example.unheard-of+json"), ""),
        (json.dumps({"mediaType": IMAGE_TYPES[0], "manifests": [DESCRIPTOR]}).encode(), ""),
    ],
)
def test_a_manifest_that_breaks_its_specification_is_invalid(body: bytes, content_type: str) -> None:
    failure = failure_of(body, content_type)
    assert failure.reason is FailureReason.MANIFEST_INVALID
    assert DIGEST in failure.message


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b'{"schemaVersion":1,"name":"old","fsLayers":[]}', ""),
        (b'{"schemaVersion":1}', "application/vnd.docker.distribution.manifest.v1+prettyjws"),
        (b"{}", "application/vnd.docker.distribution.manifest.v1+json"),
    ],
)
def test_schema_1_is_refused_by_its_name(body: bytes, content_type: str) -> None:
    failure = failure_of(body, content_type)
    assert failure.reason is FailureReason.MANIFEST_INVALID
    assert "schema 1" in failure.message
    assert "push the image again" in failure.message


def test_too_many_layers_entries_or_bytes_are_a_limit() -> None:
    many = json.dumps({"schemaVersion": 2, "manifests": [DESCRIPTOR] * (DEFAULT_LIMITS.index_entries + 1)}).encode()
    for body in (
        image(layers=[DESCRIPTOR] * (DEFAULT_LIMITS.layers + 1)),
        many,
        b" " * (DEFAULT_LIMITS.manifest_bytes + 1),
    ):
        assert failure_of(body).reason is FailureReason.LIMIT_EXCEEDED


def test_as_many_layers_and_entries_as_allowed_are_read() -> None:
    full = parse_manifest(image(layers=[DESCRIPTOR] * DEFAULT_LIMITS.layers), DIGEST)
    assert isinstance(full, ImageManifest)
    assert len(full.layers) == DEFAULT_LIMITS.layers
    many = json.dumps({"schemaVersion": 2, "manifests": [DESCRIPTOR] * DEFAULT_LIMITS.index_entries}).encode()
    index = parse_manifest(many, DIGEST)
    assert isinstance(index, IndexManifest)
    assert len(index.entries) == DEFAULT_LIMITS.index_entries


def test_an_image_tells_its_base_by_annotations() -> None:
    named = {"org.opencontainers.image.base.name": "debian:12", "org.opencontainers.image.base.digest": DIGEST}
    manifest = parse_manifest(image(annotations=named), DIGEST)
    assert isinstance(manifest, ImageManifest)
    assert manifest.stated_base == StatedBase("debian:12", DIGEST)


@pytest.mark.parametrize("annotations", [None, 7, [], "text", {"org.opencontainers.image.base.name": {"a": 1}}])
def test_an_image_is_not_refused_for_remarks_that_are_none(annotations: object) -> None:
    manifest = parse_manifest(image(annotations=annotations), DIGEST)
    assert isinstance(manifest, ImageManifest)
    assert manifest.stated_base is None


def test_windows_foreign_layers_are_read() -> None:
    foreign = raw_layer(b"base", "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip")
    made = build_image([foreign], os="windows", os_version="10.0.17763.1", format="docker")
    manifest = parse_manifest(made.manifest, made.digest)
    assert isinstance(manifest, ImageManifest)
    assert manifest.layers[0].media_type == foreign.media_type


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["schemaVersion", "mediaType", "config", "layers", "manifests", "digest", "size", "platform"]
            )
            | st.text(max_size=5),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


@given(JSON.map(lambda document: json.dumps(document).encode()) | st.binary(max_size=200), st.text(max_size=40))
def test_whatever_arrives_is_a_manifest_or_a_typed_failure(body: bytes, content_type: str) -> None:
    assert reason_or_digest(body, content_type) in (FailureReason.MANIFEST_INVALID, DIGEST)


def reason_or_digest(body: bytes, content_type: str) -> str:
    try:
        return parse_manifest(body, DIGEST, content_type).digest
    except ScanFailure as failure:
        return failure.reason
