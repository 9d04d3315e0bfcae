"""Questions about the past of a fleet: trends and exposure."""

import statistics
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from benchmarks.preparation.made_past import DAYS, NOW, made_index
from benchmarks.subjects.timed import Outcome, Timed
from shared.domain.exposure_figures import DEFAULT_TARGETS, Reckoning
from shared.domain.trends import spaced
from shared.projections.findings_index.interface import Asked
from shared.projections.findings_index.sqlite_index import SqliteFindingsIndex
from shared.projections.findings_index.whole_times import microseconds


def month(folder: str, images: str) -> Timed:
    """Time the trend of 30 days: 30 points."""
    times = spaced(NOW - timedelta(days=30), NOW, 30)
    return _asked(folder, images, lambda index: sum(index.trend(None, None, times).totals[-1][:4]))


def years(folder: str, images: str) -> Timed:
    """Time the trend of all years: 366 points."""
    times = spaced(NOW - timedelta(days=DAYS), NOW, 366)
    return _asked(folder, images, lambda index: sum(index.trend(None, None, times).totals[-1][:4]))


def repository(folder: str, images: str) -> Timed:
    """Time the trend of one repository: 30 points."""
    times = spaced(NOW - timedelta(days=30), NOW, 30)
    return _asked(folder, images, lambda index: sum(index.trend(None, "team/app7", times).totals[-1][:4]))


def exposure(folder: str, images: str) -> Timed:
    """Time the figures of exposure over all findings."""
    return _exposure(folder, images, None)


def exposure_of_registry(folder: str, images: str) -> Timed:
    """Time the figures of one registry of four."""
    return _exposure(folder, images, "registry1.example")


def _exposure(folder: str, images: str, registry: str | None) -> Timed:
    end = microseconds(NOW)
    how = Reckoning(microseconds(NOW - timedelta(days=30)), end, DEFAULT_TARGETS)
    asked = Asked(registry, None, None, end)

    def ask(index: SqliteFindingsIndex) -> int:
        return sum(one.open for one in index.exposure(asked, how, 20).groups.values())

    return _asked(folder, images, ask, 3)


def _asked(folder: str, images: str, ask: Callable[[SqliteFindingsIndex], int], questions: int = 10) -> Timed:
    index = made_index(Path(folder), int(images))
    ask(index)

    def timed() -> Outcome:
        took: list[float] = []
        for _ in range(questions):
            began = time.perf_counter()
            found = ask(index)
            took.append(time.perf_counter() - began)
        size = sum(file.stat().st_size for file in Path(folder).rglob("*.sqlite*"))
        return questions, {"found": found, "median µs": round(statistics.median(took) * 1e6), "bytes": size}

    return timed
