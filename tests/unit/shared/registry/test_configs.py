import json

import pytest

from local.images.image import build_attestation, build_image
from local.images.layers import build_layer
from shared.domain.failures import FailureReason, ScanFailure
from shared.domain.packages import Platform
from shared.registry.configs import check_is_image, parse_config
from shared.registry.interface import Descriptor, ImageManifest
from shared.registry.limits import DEFAULT_LIMITS
from shared.registry.manifests import parse_manifest

DIGEST = "sha256:" + "b" * 64
LAYER = build_layer({"bin/sh": b"#!"})
CONFIG_TYPE = "application/vnd.oci.image.config.v1+json"
MANIFEST = ImageManifest(DIGEST, "", Descriptor(CONFIG_TYPE, DIGEST, 2), (Descriptor("", DIGEST, 1),))
VALID = {"os": "linux", "architecture": "amd64", "rootfs": {"type": "layers", "diff_ids": [DIGEST]}}


def encoded(**changes: object) -> bytes:
    return json.dumps(VALID | changes).encode()


def test_a_configuration_gives_platform_layers_and_how_the_image_starts() -> None:
    runtime = {"Entrypoint": ["/app"], "Cmd": ["--serve"], "Labels": {"team": "harbour"}}
    made = build_image([LAYER], architecture="arm64", variant="v8", config=runtime, created="2025-01-02T03:04:05Z")
    manifest = parse_manifest(made.manifest, made.digest)
    assert isinstance(manifest, ImageManifest)
    config = parse_config(made.blobs[manifest.config.digest], manifest)
    assert config.platform == Platform("linux", "arm64", "v8")
    assert config.diff_ids == (LAYER.diff_id,)
    assert config.created == "2025-01-02T03:04:05Z"
    assert (config.entrypoint, config.command) == (("/app",), ("--serve",))
    assert config.labels == {"team": "harbour"}


def test_the_version_of_windows_is_part_of_the_platform() -> None:
    body = encoded(**{"os": "windows", "os.version": "10.0.20348.1"})
    assert parse_config(body, MANIFEST).platform == Platform("windows", "amd64", os_version="10.0.20348.1")


def test_what_may_be_missing_or_null_is_empty() -> None:
    body = encoded(config=None, created=None, variant=None)
    config = parse_config(body, MANIFEST)
    assert (config.entrypoint, config.command, config.labels, config.created) == ((), (), {}, "")
    bare = parse_config(json.dumps({"rootfs": {"diff_ids": [DIGEST]}}).encode(), MANIFEST)
    assert bare.platform == Platform("", "")


def test_an_entrypoint_of_old_docker_is_one_word() -> None:
    assert parse_config(encoded(config={"Entrypoint": "/bin/app"}), MANIFEST).entrypoint == ("/bin/app",)


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        b"not json",
        b"\xff",
        encoded(rootfs=None),
        encoded(rootfs={"diff_ids": []}),
        encoded(rootfs={"diff_ids": [DIGEST, DIGEST]}),
        encoded(rootfs={"diff_ids": ["latest"]}),
        encoded(os=7),
        encoded(os="x" * 300),
        encoded(config={"Labels": ["a"]}),
        b'{"rootfs":' + b"[" * 100_000,
    ],
)
def test_a_configuration_that_breaks_its_specification_is_invalid(body: bytes) -> None:
    with pytest.raises(ScanFailure) as failure:
        parse_config(body, MANIFEST)
    assert failure.value.reason is FailureReason.MANIFEST_INVALID


def test_an_artifact_has_no_configuration_to_read() -> None:
    made = build_attestation(build_image([LAYER]))
    manifest = parse_manifest(made.manifest, made.digest)
    assert isinstance(manifest, ImageManifest)
    with pytest.raises(ScanFailure, match="not a container image") as failure:
        check_is_image(manifest)
    assert failure.value.reason is FailureReason.MANIFEST_INVALID


def test_a_configuration_that_is_too_large_is_not_fetched() -> None:
    large = ImageManifest(DIGEST, "", Descriptor(CONFIG_TYPE, DIGEST, DEFAULT_LIMITS.config_bytes + 1), ())
    with pytest.raises(ScanFailure) as failure:
        check_is_image(large)
    assert failure.value.reason is FailureReason.LIMIT_EXCEEDED
