"""How much of a layer is read before the scan gives up: every external size is bounded here."""

import time
from collections.abc import Callable

import msgspec

from shared.domain.failures import ScanFailure
from shared.inventory.failures import exceeded

_MIB = 1024 * 1024


class ScanLimits(msgspec.Struct, frozen=True, kw_only=True):
    """The limits of one layer. Sizes are bytes; ``ratio`` counts only beyond ``ratio_free_bytes`` inflated."""

    inflated_bytes: int = 10 * 1024 * _MIB
    ratio: int = 1000
    ratio_free_bytes: int = 128 * _MIB
    zstd_window_bytes: int = 128 * _MIB
    entries: int = 2_000_000
    path_length: int = 4096
    extended_header_bytes: int = _MIB
    kept_file_bytes: int = 64 * _MIB
    kept_bytes: int = 256 * _MIB
    packages: int = 250_000
    seconds: float = 600.0


class Confinement(msgspec.Struct, frozen=True, kw_only=True):
    """What the process that reads a layer may take: memory in bytes beyond what it begins with, processor seconds."""

    memory_bytes: int = 1024 * _MIB
    cpu_seconds: int = 600


class ImageLimits(msgspec.Struct, frozen=True, kw_only=True):
    """The limits of one image: what its layers may take together, and what a worker holds of it in memory.

    ``seconds`` are those in which its layers are read, added up; ``parallel_layers`` is how many a worker reads at a
    time (0: one for each core); ``inventory_bytes`` is the JSON of what its layers hold.
    """

    seconds: float = 1200.0
    parallel_layers: int = 0
    inventory_bytes: int = 64 * _MIB
    findings: int = 200_000


class Meter:
    """Counts what reading one layer uses, and raises ScanFailure (limit-exceeded) at the first breach."""

    def __init__(self, limits: ScanLimits, layer: str, clock: Callable[[], float] = time.monotonic) -> None:
        self.limits = limits
        self.layer = layer
        self._clock = clock
        self._deadline = clock() + limits.seconds
        self._taken = 0
        self._inflated = 0
        self._kept = 0
        self._packages = 0

    def taken(self, count: int) -> None:
        """Count compressed bytes that came in, and look at the clock."""
        self._taken += count
        self._check_clock()

    def inflated(self, count: int) -> None:
        """Count inflated bytes that went out, and look at the clock."""
        self._inflated += count
        limits = self.limits
        if self._inflated > limits.inflated_bytes:
            raise self._exceeded("inflated bytes", f"more than {limits.inflated_bytes} bytes")
        if self._inflated > limits.ratio_free_bytes and self._inflated > limits.ratio * self._taken:
            raise self._exceeded("inflate ratio", f"{self._taken} bytes inflate to more than {limits.ratio} times that")
        self._check_clock()

    def kept_file(self, path: bytes, size: int) -> None:
        """Count a file whose content is about to be kept in memory."""
        if size > self.limits.kept_file_bytes:
            shown = f"{path[:200]!a} has {size} bytes, {self.limits.kept_file_bytes} are read"
            raise self._exceeded("kept file size", shown)
        self.kept(len(path) + size)

    def kept(self, count: int) -> None:
        """Count bytes that stay in memory: contents, link targets, names."""
        self._kept += count
        if self._kept > self.limits.kept_bytes:
            raise self._exceeded("kept bytes", f"more than {self.limits.kept_bytes} bytes")

    def packages(self, count: int) -> None:
        """Count packages that were found."""
        self._packages += count
        if self._packages > self.limits.packages:
            raise self._exceeded("packages", f"more than {self.limits.packages}")

    def _check_clock(self) -> None:
        if self._clock() > self._deadline:
            raise self._exceeded("seconds", f"more than {self.limits.seconds:g} seconds")

    def _exceeded(self, limit: str, value: str) -> ScanFailure:
        return exceeded(f"layer {self.layer}", limit, value)
