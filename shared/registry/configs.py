"""Parsing image configurations.

Source: OCI Image Specification 1.1, "OCI Image Configuration"; Docker "Image Specification v1.2".
"""

from typing import Annotated

import msgspec

from shared.domain.packages import Platform
from shared.registry.interface import ImageConfig, ImageManifest
from shared.registry.limits import DEFAULT_LIMITS, ManifestLimits
from shared.registry.manifests import checked_digest, exceeded, invalid

_ShortText = Annotated[str, msgspec.Meta(max_length=256)]


class _WireRuntime(msgspec.Struct, rename="pascal"):
    # Old Docker wrote a single string where a list is expected today.
    entrypoint: list[str] | str | None = None
    cmd: list[str] | str | None = None
    labels: dict[str, str] | None = None


class _WireRootfs(msgspec.Struct):
    diff_ids: list[str] | None = None


class _WireConfig(msgspec.Struct):
    rootfs: _WireRootfs
    os: _ShortText = ""
    architecture: _ShortText = ""
    variant: _ShortText | None = None
    os_version: _ShortText | None = msgspec.field(name="os.version", default=None)
    created: _ShortText | None = None
    config: _WireRuntime | None = None


_decoder = msgspec.json.Decoder(_WireConfig)


def check_is_image(manifest: ImageManifest, limits: ManifestLimits = DEFAULT_LIMITS) -> None:
    """Raise ScanFailure unless a manifest has an image configuration of a size that is read."""
    if not manifest.is_image:
        kind = manifest.artifact_type or manifest.config.media_type
        raise invalid(manifest.digest, f"it is not a container image but {kind!a}")
    if manifest.config.size > limits.config_bytes:
        what = f"configuration {manifest.config.digest}"
        raise exceeded(what, manifest.config.size, limits.config_bytes, "bytes")


def parse_config(body: bytes, manifest: ImageManifest) -> ImageConfig:
    """Parse the verified configuration of an image. Raises ScanFailure with reason ``manifest-invalid``."""
    digest = manifest.config.digest
    try:
        wire = _decoder.decode(body)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise invalid(digest, f"it cannot be parsed ({error})") from error
    diff_ids = tuple(checked_digest(text, digest) for text in wire.rootfs.diff_ids or ())
    if len(diff_ids) != len(manifest.layers):
        raise invalid(digest, f"it names {len(diff_ids)} layers, its manifest {len(manifest.layers)}")
    runtime = wire.config or _WireRuntime()
    return ImageConfig(
        platform=Platform(wire.os, wire.architecture, wire.variant or "", wire.os_version or ""),
        diff_ids=diff_ids,
        created=wire.created or "",
        entrypoint=_words(runtime.entrypoint),
        command=_words(runtime.cmd),
        labels=runtime.labels or {},
    )


def _words(value: list[str] | str | None) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    return tuple(value or ())
