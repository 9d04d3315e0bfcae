"""The support matrix: which images can be assessed at all, and why not."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from shared.domain.packages import OS_PACKAGE_PURLS, Inventory, Platform


class SupportMatrix(StrEnum):
    """``defender`` is the original's table to the letter; ``extended`` takes more formats and distroless images."""

    DEFENDER = "defender"
    EXTENDED = "extended"


class ImageFacts(msgspec.Struct, frozen=True):
    """What the support matrix looks at, besides the packages."""

    platform: Platform
    media_type: str
    layer_media_types: tuple[str, ...]


def unsupported_platform(facts: ImageFacts, matrix: SupportMatrix) -> str | None:
    """Give the reason why an image is unsupported by its manifest and platform alone, or None."""
    if facts.platform.os != "linux":
        return f"{facts.platform.os or 'unknown'} images are not supported, only linux"
    if matrix is SupportMatrix.DEFENDER:
        if "vnd.oci." in facts.media_type:
            return "images in OCI format are not supported by this support matrix"
        if any("zstd" in media_type for media_type in facts.layer_media_types):
            return "layers compressed with zstd are not supported by this support matrix"
    return None


def unsupported_content(inventory: Inventory, matrix: SupportMatrix) -> str | None:
    """Give the reason why an image is unsupported by what it holds, or None."""
    if matrix is SupportMatrix.DEFENDER and not (inventory.has_shell and inventory.has_package_manager):
        return "images without a shell and a package manager are not supported by this support matrix"
    if not inventory.packages and not inventory.unreadable and inventory.distribution is None:
        return "no package data found: the image is built from scratch or its package data was removed"
    return None


def content_gaps(inventory: Inventory) -> tuple[str, ...]:
    """Name what the inventory itself leaves open: a distribution whose packages could not be listed."""
    if inventory.distribution is None or inventory.unreadable:
        return ()
    if any(package.purl.startswith(OS_PACKAGE_PURLS) for package in inventory.packages):
        return ()
    return (f"no package database of {inventory.distribution.name} found",)
