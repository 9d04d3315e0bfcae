"""How large the index of many builds is, and how long advice and figures about all of them take."""

from collections.abc import Iterator

from benchmarks.interface import Benchmark, Comparison
from benchmarks.preparation.workbench import Workbench
from benchmarks.processes import Timed

_FLEETS = ((10_000, "shared"), (1_000, "unlike"))
_SUBJECTS = "benchmarks.subjects.builds"
_QUESTIONS = ("nothing_changed", "one_changed", "exposure")


def _compare(bench: Workbench) -> Iterator[Comparison]:
    for images, kind in _FLEETS:
        arguments = {"folder": str(bench.folder(f"builds-{kind}")), "images": str(images), "kind": kind}
        about = "on 20 shared bases" if kind == "shared" else "with nothing in common"
        fleet = f"{images:,} builds {about}, {images * 150:,} findings and clocks"
        made = Timed("made", f"{_SUBJECTS}:made", arguments)
        yield Comparison(f"Index: {fleet}", (made,), (), "none was set", operation="images")
        asked = tuple(Timed(name.replace("_", " "), f"{_SUBJECTS}:{name}", arguments) for name in _QUESTIONS)
        yield Comparison(f"Recommendations and exposure: {fleet}", asked, (), "1 s of CPU after a change, else 0.2 s")


BUILDS = Benchmark("builds", "an index of many builds: its size, recommendations, and exposure", _compare, runs=1)
