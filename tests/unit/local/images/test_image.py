import json
from typing import Any

import pytest

from local.images.image import Format, Image, build_attestation, build_image, build_index
from local.images.layers import build_layer, sha256
from shared.domain.packages import Platform

LAYER = build_layer({"a": b"1"})


def manifest_of(image: Image) -> Any:
    return json.loads(image.manifest)


def config_of(image: Image) -> Any:
    return json.loads(image.blobs[manifest_of(image)["config"]["digest"]])


@pytest.mark.parametrize(
    ("format_", "manifest_type", "config_type", "layer_type"),
    [
        (
            "oci",
            "application/vnd.oci.image.manifest.v1+json",
            "application/vnd.oci.image.config.v1+json",
            "application/vnd.oci.image.layer.v1.tar+gzip",
        ),
        (
            "docker",
            "application/vnd.docker.distribution.manifest.v2+json",
            "application/vnd.docker.container.image.v1+json",
            "application/vnd.docker.image.rootfs.diff.tar.gzip",
        ),
    ],
)
def test_each_format_has_its_own_media_types(
    format_: Format, manifest_type: str, config_type: str, layer_type: str
) -> None:
    image = build_image([LAYER], format=format_)
    document = manifest_of(image)
    assert image.media_type == document["mediaType"] == manifest_type
    assert document["config"]["mediaType"] == config_type
    assert [layer["mediaType"] for layer in document["layers"]] == [layer_type]


def test_every_descriptor_names_a_blob_of_the_image() -> None:
    image = build_image([LAYER, build_layer({"b": b"2"}, "zstd")])
    document = manifest_of(image)
    assert image.digest == sha256(image.manifest)
    for descriptor in (document["config"], *document["layers"]):
        blob = image.blobs[descriptor["digest"]]
        assert (sha256(blob), len(blob)) == (descriptor["digest"], descriptor["size"])
    assert config_of(image)["rootfs"]["diff_ids"][0] == LAYER.diff_id


def test_a_windows_image_names_its_version() -> None:
    image = build_image([LAYER], os="windows", os_version="10.0.20348.1", config={"Cmd": ["cmd"]})
    assert image.platform == Platform("windows", "amd64", os_version="10.0.20348.1")
    assert config_of(image)["os.version"] == "10.0.20348.1"
    assert config_of(image)["config"] == {"Cmd": ["cmd"]}
    assert "variant" not in config_of(image)


def test_an_index_lists_images_then_what_was_added() -> None:
    image = build_image([LAYER], architecture="arm64", variant="v8")
    attestation = build_attestation(image)
    extra = {"mediaType": "application/x-unknown", "digest": sha256(b""), "size": 0}
    index = build_index([image, attestation], extra=[extra])
    first, second, third = json.loads(index.manifest)["manifests"]
    assert first["platform"] == {"architecture": "arm64", "os": "linux", "variant": "v8"}
    assert second["platform"] == {"architecture": "unknown", "os": "unknown"}
    assert second["annotations"]["vnd.docker.reference.digest"] == image.digest
    assert third == extra
    assert index.images == (image, attestation)


def test_equal_input_gives_equal_digests() -> None:
    assert build_index([build_image([LAYER])]).digest == build_index([build_image([LAYER])]).digest
    assert build_index([], format="docker").digest != build_index([], format="oci").digest
