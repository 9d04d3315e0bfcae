"""How fast a new generation of projections is made of the log."""

from collections.abc import Iterator

from benchmarks.interface import Benchmark, Comparison
from benchmarks.preparation.workbench import Workbench
from benchmarks.processes import Timed

_WORKERS = ("1", "4")


def _compare(bench: Workbench) -> Iterator[Comparison]:
    storage, streams = bench.log_of_events
    arguments = {"storage": storage, "streams": str(streams)}
    scan = Timed("bare SDK, one scan of the table", f"{_SUBJECTS}:bare_scan", arguments)
    bare = Timed("bare SDK, stream by stream", f"{_SUBJECTS}:bare_streams", arguments)
    ours = tuple(
        Timed(f"Rebuild.replay, threads: {workers}", f"{_SUBJECTS}:product", {**arguments, "workers": workers})
        for workers in _WORKERS
    )
    yield Comparison(
        f"Rebuild: {bench.options.events:,} events of {streams:,} images, against one Azurite",
        (scan, bare, *ours),
        (scan.name,),
        "none was set",
        operation="events",
    )


_SUBJECTS = "benchmarks.subjects.rebuild"
REBUILD = Benchmark("rebuild", "a generation of projections made of the log, events a second", _compare, runs=3)
