"""How many hints a second are followed."""

from collections.abc import Iterator

from benchmarks.interface import Benchmark, Comparison
from benchmarks.preparation.workbench import Workbench
from benchmarks.processes import Timed

_HINTS = 100


def _compare(bench: Workbench) -> Iterator[Comparison]:
    storage, _ = bench.log_of_events
    arguments = {"storage": storage, "hints": str(_HINTS)}
    bare = Timed("bare SDK", "benchmarks.subjects.projection:bare", arguments)
    ours = Timed("Project", "benchmarks.subjects.projection:product", arguments)
    repeated = Timed("Project, hints that come again", "benchmarks.subjects.projection:repeated", arguments)
    yield Comparison(
        "Projection: hints for one new event each, in one thread, against one Azurite",
        (bare, ours, repeated),
        (bare.name,),
        "none was set",
        operation="hints",
    )


PROJECTION = Benchmark("projection", "hints followed, against the bare SDK's reads and writes", _compare)
