"""The index of many builds of applications, on shared bases or with nothing in common: made, and asked for advice."""

import statistics
import time
from collections.abc import Callable
from datetime import timedelta
from itertools import batched
from pathlib import Path

from benchmarks.preparation.made_builds import NOW, builds, image_of
from benchmarks.preparation.made_past import Unfollowed
from benchmarks.subjects.timed import Outcome, Timed
from shared.domain.exploits import NoSignals
from shared.domain.exposure_figures import DEFAULT_TARGETS, Reckoning
from shared.domain.severity import Severity
from shared.projections.findings_index.contents import Contents
from shared.projections.findings_index.file import IndexFile
from shared.projections.findings_index.interface import Asked
from shared.projections.findings_index.sqlite_index import SqliteFindingsIndex
from shared.projections.findings_index.whole_times import microseconds
from shared.services.query_bases import QueryBases
from shared.services.query_images import QueryImages
from shared.services.query_recommendations import QueryRecommendations

_QUESTIONS = 5
_BATCH = 64


def made(folder: str, images: str, kind: str) -> Timed:
    """Time making the index of rows and reports that are at hand; part of it is making these up."""

    def timed() -> Outcome:
        file, writing = _file(folder, kind), 0.0
        file.discard()
        with file.changing() as connection:
            contents = Contents(connection)
            for part in batched(builds(int(images), shared=kind == "shared"), _BATCH, strict=False):
                began = time.process_time()
                with contents.transaction():
                    for one in part:
                        contents.put_report(one.name, one.report, ())
                        contents.put_image(one.taken, 1, "", ())
                writing += time.process_time() - began
            contents.put_state(contents.state()._replace(complete=True))
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return int(images), {"bytes": file.path.stat().st_size, "CPU to write, ms": round(writing * 1e3)}

    return timed


def nothing_changed(folder: str, images: str, kind: str) -> Timed:
    """Time the first hundred recommendations where nothing changed since they were last asked for."""
    index = _index(folder, kind)
    return _asked(_recommendations(index), lambda: None)


def one_changed(folder: str, images: str, kind: str) -> Timed:
    """Time the first hundred recommendations after one image has changed."""
    index = _index(folder, kind)
    return _asked(_recommendations(index), lambda: _change(index.file))


def exposure(folder: str, images: str, kind: str) -> Timed:
    """Time the figures of exposure over all clocks."""
    index, end = _index(folder, kind), microseconds(NOW)
    how = Reckoning(microseconds(NOW - timedelta(days=30)), end, DEFAULT_TARGETS)
    asked = Asked(None, None, None, end)
    return _asked(lambda: sum(one.open for one in index.exposure(asked, how, 20).groups.values()), lambda: None)


def _asked(ask: Callable[[], int], before: Callable[[], None]) -> Timed:
    ask()

    def timed() -> Outcome:
        took: list[float] = []
        for _ in range(_QUESTIONS):
            before()
            began = time.process_time()
            found = ask()
            took.append(time.process_time() - began)
        return _QUESTIONS, {"found": found, "CPU, median ms": round(statistics.median(took) * 1e3)}

    return timed


def _recommendations(index: SqliteFindingsIndex) -> Callable[[], int]:
    unread: QueryImages = None  # type: ignore[assignment]  # of the past only
    query = QueryRecommendations(QueryBases(unread, index, Severity.LOW, lambda at: NoSignals()), lambda at: ())
    return lambda: len(query(None, most=101))


def _change(file: IndexFile) -> None:
    with file.changing() as connection:
        contents = Contents(connection)
        state = contents.state()
        with contents.transaction():
            number = state.number + 1
            connection.execute("UPDATE image SET changed = ? WHERE digest = ?", (number, image_of(5).digest))
            contents.put_state(state._replace(number=number))


def _index(folder: str, kind: str) -> SqliteFindingsIndex:
    return SqliteFindingsIndex(_file(folder, kind), Unfollowed(), lambda: NOW, seconds=1e9)  # type: ignore[arg-type]


def _file(folder: str, kind: str) -> IndexFile:
    return IndexFile(Path(folder) / "builds" / f"{kind}.sqlite")
