"""How large the documents of a registry may be: manifests, indexes and configurations."""

import msgspec

_MIB = 1024 * 1024


class ManifestLimits(msgspec.Struct, frozen=True, kw_only=True):
    """The limits of what describes an image, before any layer of it is read. Sizes are bytes."""

    manifest_bytes: int = 4 * _MIB
    config_bytes: int = 8 * _MIB
    layers: int = 512
    index_entries: int = 1024


MOST_LISTING_BYTES = 8 * _MIB  # of one page of repositories, tags or manifests: no image decides on its size

DEFAULT_LIMITS = ManifestLimits()
