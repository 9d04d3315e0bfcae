"""How long queries of Resource Graph take over 100,000 findings, each of which has a row in both schemas."""

from collections.abc import Iterator

from benchmarks.interface import Benchmark, Comparison
from benchmarks.preparation.workbench import Workbench
from benchmarks.processes import Timed

_FINDINGS = 100_000
_TIMES = 40
# Named here, as what they are made of is loaded in the measured process only.
_QUERIES = (
    *("a digest", "a repository", "a severity, counted", "a severity, projected", "a CVE"),
    *("all, counted", "all, joined", "all, each array"),
)


def _compare(_bench: Workbench) -> Iterator[Comparison]:
    subjects = tuple(
        Timed(name, f"{_SUBJECTS}:query", {"name": name, "findings": str(_FINDINGS), "times": str(_TIMES)})
        for name in _QUERIES
    )
    yield Comparison(
        f"Resource Graph: a query over {_FINDINGS:,} findings, warm",
        subjects,
        (),
        "p95 under 300 ms for a query that names a digest, a repository or a severity",
        operation="queries",
    )


_SUBJECTS = "benchmarks.subjects.resource_graph"
RESOURCE_GRAPH = Benchmark("resource-graph", "queries over 100,000 findings, p95", _compare, runs=1)
