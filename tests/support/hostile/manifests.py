"""Hostile manifests and configurations that a real registry takes."""

import json
from collections.abc import Iterator

from local.images.image import Image, build_image
from local.images.layers import build_layer, sha256
from tests.support.hostile.cases import FLAWED, NOT_ASSESSED, UNHEALTHY, Case
from tests.support.made_images import debian_layer

_DEEP = b"[" * 10_000 + b"]" * 10_000


def with_config(configuration: bytes) -> Image:
    """Make an image whose configuration is any bytes."""
    image = build_image([debian_layer(FLAWED)])
    document = json.loads(image.manifest)
    document["config"] |= {"digest": sha256(configuration), "size": len(configuration)}
    layer = document["layers"][0]["digest"]
    blobs = {sha256(configuration): configuration, layer: image.blobs[layer]}
    return _of_document(image, document)._replace(blobs=blobs)


def _of_document(image: Image, document: dict[str, object]) -> Image:
    manifest = json.dumps(document).encode()
    return image._replace(manifest=manifest, digest=sha256(manifest))


def _annotated() -> Image:
    image = build_image([debian_layer(FLAWED)])
    title = {"org.opencontainers.image.title": "../../../../tmp/plimsoll-evil", "io.x.unpack": "true"}
    document = json.loads(image.manifest)
    document["annotations"] = title
    document["layers"][0]["annotations"] = title
    return _of_document(image, document)


def _size_that_lies() -> Image:
    # A layer that no other image has: one that is known is not downloaded again, whatever is said of its size.
    image = build_image([debian_layer({"size": "1"})])
    document = json.loads(image.manifest)
    document["layers"][0]["size"] = 10
    return _of_document(image, document)


def _many_layers() -> Image:
    return build_image([debian_layer(FLAWED)] + [build_layer({f"f{number}": b""}) for number in range(20)])


def _cases() -> Iterator[Case]:
    deep = b'{"rootfs": {"diff_ids": []}, "os": ' + _DEEP + b"}"
    yield Case("config-10000-deep", lambda: with_config(deep), NOT_ASSESSED, "manifest-invalid")
    fewer = b'{"os": "linux", "architecture": "amd64", "rootfs": {"diff_ids": []}}'
    yield Case("config-with-fewer-layers", lambda: with_config(fewer), NOT_ASSESSED, "it names 0 layers")
    yield Case("config-of-noise", lambda: with_config(b"\xff" * 100), NOT_ASSESSED, "manifest-invalid")
    yield Case("layers-more-than-read", _many_layers, NOT_ASSESSED, "has 21 layers, at most 20 are read")
    yield Case("layer-larger-than-its-manifest-says", _size_that_lies, NOT_ASSESSED, "more than its 10 bytes")
    yield Case("annotations-that-climb", _annotated, UNHEALTHY)


CASES = tuple(_cases())
