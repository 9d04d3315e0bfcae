"""The building of a snapshot as large as the public export makes it, and its opening."""

from collections.abc import Iterator

from benchmarks.interface import Benchmark, Comparison
from benchmarks.preparation.workbench import Workbench
from benchmarks.processes import Timed


def _compare(bench: Workbench) -> Iterator[Comparison]:
    export = {"export": str(bench.large_export)}
    floor = Timed("read the records", f"{_SUBJECTS}:decoded", export)
    yield Comparison(
        "Advisories: a snapshot of feeds as large as the public ones",
        (floor, Timed("build", f"{_SUBJECTS}:built", export)),
        (floor.name,),
        "minutes, and 500 MB of memory",
        operation="records",
    )
    snapshot = {"snapshot": str(bench.large_snapshot)}
    (image, *_others) = bench.images
    match = {**snapshot, "inventory": str(bench.known_image(image).inventory)}
    yield Comparison(
        "Advisories: that snapshot in a fresh worker",
        (Timed("open", f"{_SUBJECTS}:merely_opened", snapshot), Timed("and match", f"{_SUBJECTS}:opened", match)),
        (),
        "open in under 50 ms",
    )


_SUBJECTS = "benchmarks.subjects.advisories"
ADVISORIES = Benchmark("advisories", "a snapshot of 500,000 advisories, built and opened", _compare, runs=3)
