"""How long questions about the past of a fleet take: trends and exposure."""

from collections.abc import Iterator

from benchmarks.interface import Benchmark, Comparison
from benchmarks.preparation.workbench import Workbench
from benchmarks.processes import Timed

_IMAGES = (1_000, 10_000)
_SUBJECTS = "benchmarks.subjects.past"
_TRENDS = ("month", "years", "repository")
_EXPOSURE = ("exposure_of_registry", "exposure")


def _compare(bench: Workbench) -> Iterator[Comparison]:
    for images in _IMAGES:
        arguments = {"folder": str(bench.folder(f"past-{images}")), "images": str(images)}
        fleet = f"{images:,} images with three years of history, {images * 100:,} clocks"
        trends, figures = (
            tuple(Timed(name.replace("_", " "), f"{_SUBJECTS}:{name}", arguments) for name in names)
            for names in (_TRENDS, _EXPOSURE)
        )
        yield Comparison(f"Trends: {fleet}", trends, (), "well under a second")
        yield Comparison(f"Exposure: {fleet}", figures, (), "none was set")


PAST = Benchmark("past", "trends and exposure over a fleet with years of history", _compare, runs=1)
