"""How long the index of findings takes to be made, to be brought up to date, and to be asked."""

from collections.abc import Iterator

from benchmarks.interface import Benchmark, Comparison
from benchmarks.preparation.fleet import FINDINGS
from benchmarks.preparation.workbench import Workbench
from benchmarks.processes import Timed

_FLEETS = ((1_000, 1_000), (10_000, 1_000))  # images, and reports that are different
_QUESTIONS = ("first_page", "whole_list", "by_cve", "by_package", "by_repository", "worst")
_CHANGED = (0, 10, 100)


def _compare(bench: Workbench) -> Iterator[Comparison]:
    for images, reports in _FLEETS:
        storage, folder = bench.fleet(images, reports)
        arguments = {"storage": storage, "folder": str(folder), "images": str(images)}
        fleet = f"{images:,} images, {images * FINDINGS:,} findings, {reports:,} reports, against one Azurite"
        build = Timed("made from nothing", f"{_SUBJECTS}:build", arguments)
        yield Comparison(f"Index: {fleet}", (build,), (), "none was set", operation="images")
        changes = [
            Timed(f"{changed} rows written", f"{_SUBJECTS}:refresh", {**arguments, "changed": str(changed)})
            for changed in _CHANGED
        ]
        restart = Timed("start of a process", f"{_SUBJECTS}:restart", arguments)
        yield Comparison(f"Refresh: {fleet}", (*changes, restart), (), "none was set")
        table = Timed("all rows of the table", f"{_SUBJECTS}:table", arguments)
        asked = [Timed(name.replace("_", " "), f"{_SUBJECTS}:{name}", arguments) for name in _QUESTIONS]
        yield Comparison(
            f"Questions: {fleet}, each with a look for changes", (table, *asked), (table.name,), "p95 under 300 ms"
        )


_SUBJECTS = "benchmarks.subjects.findings_index"
FINDINGS_INDEX = Benchmark("index", "the index of findings: made, brought up to date, and asked", _compare, runs=1)
