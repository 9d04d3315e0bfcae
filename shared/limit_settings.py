"""The limits of a scan as settings: one name of the environment for each, with its unit at its end."""

from collections.abc import Mapping

import msgspec

from shared.inventory.limits import Confinement, ImageLimits, ScanLimits
from shared.registry.limits import ManifestLimits

_MANIFEST = {
    "MAX_MANIFEST_BYTES": "manifest_bytes",
    "MAX_CONFIG_BYTES": "config_bytes",
    "MAX_LAYERS": "layers",
    "MAX_INDEX_ENTRIES": "index_entries",
}
_SCAN = {
    "MAX_INFLATED_BYTES": "inflated_bytes",
    "MAX_INFLATE_RATIO": "ratio",
    "INFLATE_RATIO_FREE_BYTES": "ratio_free_bytes",
    "MAX_ZSTD_WINDOW_BYTES": "zstd_window_bytes",
    "MAX_ENTRIES": "entries",
    "MAX_PATH_BYTES": "path_length",
    "MAX_EXTENDED_HEADER_BYTES": "extended_header_bytes",
    "MAX_KEPT_FILE_BYTES": "kept_file_bytes",
    "MAX_KEPT_BYTES": "kept_bytes",
    "MAX_PACKAGES": "packages",
    "MAX_LAYER_SECONDS": "seconds",
}
_CONFINEMENT = {"MAX_LAYER_MEMORY_BYTES": "memory_bytes", "MAX_LAYER_CPU_SECONDS": "cpu_seconds"}
_IMAGE = {
    "MAX_SCAN_SECONDS": "seconds",
    "PARALLEL_LAYERS": "parallel_layers",
    "MAX_INVENTORY_BYTES": "inventory_bytes",
    "MAX_FINDINGS": "findings",
}
# No number of a real installation is larger, and every one fits where a library takes 64 bits.
_MOST = 2**62
# What zstd itself can take (ZSTD_WINDOWLOG_MIN and _MAX), and what fits into a timer of the system.
_BOUNDS = {"MAX_ZSTD_WINDOW_BYTES": (1024, 2**31), "PARALLEL_LAYERS": (0, 64), "MAX_LAYER_SECONDS": (1, 10**9)}

NAMES = (*_MANIFEST, *_SCAN, *_CONFINEMENT, *_IMAGE)
"""The names of all limits, in the order of the README."""


class Limits(msgspec.Struct, frozen=True):
    """All limits of a scan: of what the registry says, of one layer, of its process, and of all layers of an image."""

    manifest: ManifestLimits = ManifestLimits()
    layer: ScanLimits = ScanLimits()
    confinement: Confinement = Confinement()
    image: ImageLimits = ImageLimits()


def read_limits(environment: Mapping[str, str], problems: list[str]) -> Limits:
    """Return the limits with what the environment says of them; each mistake is added to the problems."""

    def given(names: Mapping[str, str]) -> dict[str, int]:
        texts = ((name, field, environment.get(name, "").strip()) for name, field in names.items())
        numbers = ((field, _number(name, text, problems)) for name, field, text in texts if text)
        return {field: number for field, number in numbers if number is not None}

    return Limits(
        ManifestLimits(**given(_MANIFEST)),
        ScanLimits(**given(_SCAN)),
        Confinement(**given(_CONFINEMENT)),
        ImageLimits(**given(_IMAGE)),
    )


def _number(name: str, text: str, problems: list[str]) -> int | None:
    least, most = _BOUNDS.get(name, (1, _MOST))
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 20 else 0
    if least <= number <= most:
        return number
    problems.append(f"{name}: must be a whole number from {least} to {most}, not {text[:40]!a}")
    return None
