"""How long clients of Azure Resource Manager wait for what they ask of 100,000 findings."""

from collections.abc import Iterator

from benchmarks.interface import Benchmark, Comparison
from benchmarks.preparation.fleet import FINDINGS
from benchmarks.preparation.workbench import Workbench
from benchmarks.processes import Timed

_IMAGES, _REPORTS = 1_000, 1_000
_QUESTIONS = ("secure_score", "assessments", "first_page", "any_page", "one_finding")
_SUBJECTS = "benchmarks.subjects.azure"


def _compare(bench: Workbench) -> Iterator[Comparison]:
    storage, folder = bench.fleet(_IMAGES, _REPORTS)
    arguments = {"storage": storage, "folder": str(folder)}
    fleet = f"{_IMAGES:,} images, {_IMAGES * FINDINGS:,} findings, against one Azurite"
    asked = tuple(Timed(name.replace("_", " "), f"{_SUBJECTS}:{name}", arguments) for name in _QUESTIONS)
    yield Comparison(f"Azure Resource Manager: {fleet}", asked, (), "p95 under 300 ms")
    rows = Timed("rows of all findings, one schema", f"{_SUBJECTS}:rows", arguments)
    yield Comparison(f"Rows of Resource Graph: {fleet}", (rows,), (), "none was set", operation="rows")


AZURE = Benchmark("azure", "findings as clients of Azure ask for them", _compare, runs=1)
