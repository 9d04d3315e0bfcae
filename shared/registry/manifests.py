"""Parsing manifests and indexes: hostile bytes in, typed and bounded values out.

Sources: OCI Image Specification 1.1, "Image Manifest" and "Image Index"; Docker "Image Manifest Version 2,
Schema 2". That a document is either an image or an index, never both: OCI advisory GHSA-77vh-xpmg-72qh.
"""

from typing import Annotated

import msgspec

from shared.domain.base_notes import stated_base
from shared.domain.failures import FailureReason, ScanFailure
from shared.domain.packages import Platform
from shared.domain.references import InvalidReference, parse_digest
from shared.registry.interface import Descriptor, ImageManifest, IndexEntry, IndexManifest
from shared.registry.limits import DEFAULT_LIMITS, ManifestLimits

IMAGE_TYPES = (
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
)
INDEX_TYPES = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
)
ACCEPT = ", ".join((*IMAGE_TYPES, *INDEX_TYPES))
_SCHEMA_1 = "application/vnd.docker.distribution.manifest.v1+"

_ShortText = Annotated[str, msgspec.Meta(max_length=256)]


class _WirePlatform(msgspec.Struct, rename="camel"):
    os: _ShortText = ""
    architecture: _ShortText = ""
    variant: _ShortText = ""
    os_version: _ShortText = msgspec.field(name="os.version", default="")


class _WireDescriptor(msgspec.Struct, rename="camel"):
    digest: str
    size: Annotated[int, msgspec.Meta(ge=0, le=2**48)]
    media_type: _ShortText
    platform: _WirePlatform | None = None
    annotations: dict[str, str] | None = None


class _WireManifest(msgspec.Struct, rename="camel"):
    schema_version: int = 0
    media_type: _ShortText = ""
    artifact_type: _ShortText = ""
    config: _WireDescriptor | None = None
    layers: list[_WireDescriptor] | None = None
    manifests: list[_WireDescriptor] | None = None
    # Whatever it holds: an image is not refused for remarks about it.
    annotations: object = None


_decoder = msgspec.json.Decoder(_WireManifest)


def parse_manifest(
    body: bytes, digest: str, content_type: str = "", limits: ManifestLimits = DEFAULT_LIMITS
) -> ImageManifest | IndexManifest:
    """Parse a manifest of a verified digest; ``content_type`` is what the registry called it.

    Raises ScanFailure: ``manifest-invalid``, or ``limit-exceeded`` for more bytes, layers or entries than allowed.
    """
    _limit(len(body), limits.manifest_bytes, f"manifest {digest}", "bytes")
    try:
        wire = _decoder.decode(body)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise invalid(digest, f"it cannot be parsed ({error})") from error
    media_type = _media_type(wire, digest, content_type)
    if media_type in INDEX_TYPES:
        return _index(wire, digest, media_type, limits.index_entries)
    return _image(wire, digest, media_type, limits.layers)


def invalid(digest: str, why: str) -> ScanFailure:
    """Make the failure of a manifest or configuration that does not follow its specification."""
    text = f"manifest or configuration {digest} is invalid: {why}; build and push the image again"
    return ScanFailure(FailureReason.MANIFEST_INVALID, text)


def _media_type(wire: _WireManifest, digest: str, content_type: str) -> str:
    named = content_type.partition(";")[0].strip().lower()
    if wire.schema_version == 1 or _SCHEMA_1 in (wire.media_type + named):
        raise invalid(digest, "it is in Docker's schema 1, which current tools no longer write")
    if wire.manifests is not None and (wire.layers is not None or wire.config is not None):
        raise invalid(digest, "it is an image and an index at once")
    known = {kind for kind in (wire.media_type, named) if kind in (*IMAGE_TYPES, *INDEX_TYPES)}
    if len(known) > 1:
        raise invalid(digest, f"it calls itself {wire.media_type}, and the registry calls it {named}")
    if wire.media_type and wire.media_type not in known:
        raise invalid(digest, f"its media type {wire.media_type!a} is none of an image or index")
    # Only OCI documents may leave their media type out; their shape tells what they are.
    return known.pop() if known else (INDEX_TYPES if wire.manifests is not None else IMAGE_TYPES)[0]


def _index(wire: _WireManifest, digest: str, media_type: str, most: int) -> IndexManifest:
    if wire.manifests is None:
        raise invalid(digest, "it is called an index and lists no manifests")
    _limit(len(wire.manifests), most, f"index {digest}", "entries")
    return IndexManifest(digest, media_type, tuple(_entry(entry, digest) for entry in wire.manifests))


def _image(wire: _WireManifest, digest: str, media_type: str, most: int) -> ImageManifest:
    if wire.config is None or wire.manifests is not None:
        raise invalid(digest, "it is called an image and has no configuration")
    layers = wire.layers or []
    _limit(len(layers), most, f"manifest {digest}", "layers")
    return ImageManifest(
        digest=digest,
        media_type=media_type,
        config=_descriptor(wire.config, digest),
        layers=tuple(_descriptor(layer, digest) for layer in layers),
        artifact_type=wire.artifact_type,
        stated_base=stated_base(wire.annotations if isinstance(wire.annotations, dict) else {}),
    )


def _descriptor(wire: _WireDescriptor, within: str) -> Descriptor:
    return Descriptor(wire.media_type, checked_digest(wire.digest, within), wire.size)


def _entry(wire: _WireDescriptor, within: str) -> IndexEntry:
    digest = checked_digest(wire.digest, within)
    return IndexEntry(digest, wire.size, wire.media_type, _platform(wire.platform), wire.annotations or {})


def _platform(wire: _WirePlatform | None) -> Platform | None:
    if wire is None:
        return None
    return Platform(wire.os, wire.architecture, wire.variant, wire.os_version)


def checked_digest(text: str, within: str) -> str:
    """Return a digest that a document names, or raise ScanFailure with reason ``manifest-invalid``."""
    try:
        return parse_digest(text)
    except InvalidReference as error:
        raise invalid(within, str(error)) from error


def _limit(count: int, maximum: int, what: str, unit: str) -> None:
    if count > maximum:
        raise exceeded(what, count, maximum, unit)


def exceeded(what: str, count: int, maximum: int, unit: str) -> ScanFailure:
    """Make the failure of a document that is larger than this service reads."""
    text = f"{what} has {count} {unit}, at most {maximum} are read: the image is not scanned"
    return ScanFailure(FailureReason.LIMIT_EXCEEDED, text)
