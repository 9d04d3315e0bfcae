"""Images and indexes: manifests and configurations in the OCI and the Docker format.

Sources: OCI Image Specification 1.1; Docker "Image Manifest Version 2, Schema 2".
"""

import json
from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from local.images.layers import Layer, raw_layer, sha256
from shared.domain.packages import Platform

type Format = Literal["oci", "docker"]
type Json = Mapping[str, object]

_OCI = "application/vnd.oci.image."
_DOCKER = "application/vnd.docker."
_MANIFEST: dict[Format, str] = {
    "oci": f"{_OCI}manifest.v1+json",
    "docker": f"{_DOCKER}distribution.manifest.v2+json",
}
_INDEX: dict[Format, str] = {
    "oci": f"{_OCI}index.v1+json",
    "docker": f"{_DOCKER}distribution.manifest.list.v2+json",
}
_CONFIG: dict[Format, str] = {"oci": f"{_OCI}config.v1+json", "docker": f"{_DOCKER}container.image.v1+json"}
_DOCKER_LAYERS = {
    f"{_OCI}layer.v1.tar": f"{_DOCKER}image.rootfs.diff.tar",
    f"{_OCI}layer.v1.tar+gzip": f"{_DOCKER}image.rootfs.diff.tar.gzip",
    f"{_OCI}layer.v1.tar+zstd": f"{_DOCKER}image.rootfs.diff.tar.zstd",
}


class Image(NamedTuple):
    """One platform image: its manifest as bytes, and its blobs (configuration and layers) by digest.

    ``annotations`` are those of its entry when it is listed in an index.
    """

    manifest: bytes
    media_type: str
    digest: str
    blobs: Mapping[str, bytes]
    platform: Platform
    annotations: Mapping[str, str]


class ImageIndex(NamedTuple):
    """A name for several images: its manifest as bytes, and the images that are pushed with it."""

    manifest: bytes
    media_type: str
    digest: str
    images: tuple[Image, ...]


def build_image(
    layers: Sequence[Layer],
    *,
    os: str = "linux",
    architecture: str = "amd64",
    variant: str = "",
    os_version: str = "",
    format: Format = "oci",  # noqa: A002 - the word that registries and build tools use
    config: Json | None = None,
    created: str = "1970-01-01T00:00:00Z",
) -> Image:
    """Make an image of layers; ``config`` is the runtime part (``Entrypoint``, ``Cmd``, ``Labels``)."""
    platform = Platform(os=os, architecture=architecture, variant=variant, os_version=os_version)
    document = {
        "created": created,
        **_platform(platform),
        "config": dict(config or {}),
        "rootfs": {"type": "layers", "diff_ids": [layer.diff_id for layer in layers]},
    }
    configuration = raw_layer(_encode(document), _CONFIG[format])
    manifest = _encode(
        {
            "schemaVersion": 2,
            "mediaType": _MANIFEST[format],
            "config": _descriptor(configuration, format),
            "layers": [_descriptor(layer, format) for layer in layers],
        }
    )
    blobs = {part.digest: part.blob for part in (configuration, *layers)}
    return Image(manifest, _MANIFEST[format], sha256(manifest), blobs, platform, {})


def build_attestation(subject: Image, statement: bytes = b'{"_type":"https://in-toto.io/Statement/v0.1"}') -> Image:
    """Make the attestation that BuildKit lists beside an image: platform ``unknown/unknown``, no file system.

    Source: BuildKit documentation, "Image attestation storage".
    """
    layer = raw_layer(statement, "application/vnd.in-toto+json")
    made = build_image([layer], os="unknown", architecture="unknown")
    return made._replace(
        annotations={
            "vnd.docker.reference.digest": subject.digest,
            "vnd.docker.reference.type": "attestation-manifest",
        }
    )


def build_index(
    images: Sequence[Image],
    *,
    format: Format = "oci",  # noqa: A002 - as above
    extra: Sequence[Json] = (),
) -> ImageIndex:
    """List images for several platforms under one name; ``extra`` are raw descriptors, added as they are."""
    entries = [_index_entry(image) for image in images]
    document = {"schemaVersion": 2, "mediaType": _INDEX[format], "manifests": [*entries, *map(dict, extra)]}
    manifest = _encode(document)
    return ImageIndex(manifest, _INDEX[format], sha256(manifest), tuple(images))


def _index_entry(image: Image) -> dict[str, object]:
    entry: dict[str, object] = {
        "mediaType": image.media_type,
        "digest": image.digest,
        "size": len(image.manifest),
        "platform": _platform(image.platform),
    }
    return entry | ({"annotations": dict(image.annotations)} if image.annotations else {})


def _platform(platform: Platform) -> dict[str, str]:
    fields = {"architecture": platform.architecture, "os": platform.os}
    optional = {"variant": platform.variant, "os.version": platform.os_version}
    return fields | {name: value for name, value in optional.items() if value}


def _descriptor(part: Layer, image_format: Format) -> dict[str, object]:
    translated = _DOCKER_LAYERS.get(part.media_type, part.media_type)
    media_type = translated if image_format == "docker" else part.media_type
    return {"mediaType": media_type, "digest": part.digest, "size": len(part.blob)}


def _encode(document: Json) -> bytes:
    return json.dumps(document, indent=2).encode()
