"""How long the exports of a large image take."""

from collections.abc import Iterator

from benchmarks.interface import Benchmark, Comparison
from benchmarks.preparation.workbench import Workbench
from benchmarks.processes import Timed

_PACKAGES = 8_000


def _compare(bench: Workbench) -> Iterator[Comparison]:
    arguments = {"packages": str(_PACKAGES)}
    bare = Timed("as stored", f"{_SUBJECTS}:stored", arguments)
    formats = ("cyclonedx", "spdx", "sarif", "csv")
    written = tuple(Timed(name, f"{_SUBJECTS}:{name}", arguments) for name in formats)
    title = f"Exports of {_PACKAGES:,} packages with a finding each, from memory to bytes"
    yield Comparison(title, (bare, *written), (bare.name,), "each in under a second")


_SUBJECTS = "benchmarks.subjects.exports"
EXPORTS = Benchmark("exports", "a large image as CycloneDX, SPDX, SARIF and CSV", _compare)
