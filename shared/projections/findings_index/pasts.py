"""The past of images within the index: by how much totals changed and when, and the clocks of findings."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import datetime

from shared.domain.image_past import ImagePast, Standing
from shared.domain.severity import Severity
from shared.domain.trends import HEALTHS
from shared.projections.findings_index.packed_clocks import pack_clocks
from shared.projections.findings_index.whole_times import microseconds

_COUNTS = len(HEALTHS) + len(Severity) + 1
_TABLES = ("trend", "past", "departure")

type _Totals = tuple[int, ...]


def put_past(connection: sqlite3.Connection, image: int, registry: str, past: ImagePast) -> None:
    """Write the past of an image in place of what was there."""
    remove_past(connection, image)
    marks = ", ".join("?" * (5 + _COUNTS))
    connection.executemany(
        f"INSERT INTO trend VALUES ({marks})",  # noqa: S608 - marks only
        [(at, image, name, registry, whole, *changes) for at, name, whole, changes in _changes(past)],
    )
    connection.execute(
        "INSERT INTO past VALUES (?, ?, ?, ?, ?)",
        (image, _number(past.since), _number(past.answered), past.untold, pack_clocks(past.clocks)),
    )
    connection.executemany(
        "INSERT INTO departure VALUES (?, ?, ?, ?)",
        [(image, _number(one.at), _number(one.until), one.successor) for one in past.departures],
    )


def remove_past(connection: sqlite3.Connection, image: int) -> None:
    """Take the past of an image out."""
    for table in _TABLES:
        connection.execute(f"DELETE FROM {table} WHERE image = ?", (image,))  # noqa: S608 - names of ours


def _changes(past: ImagePast) -> Iterator[tuple[int, str, bool, _Totals]]:
    """Yield by how much an image changes totals at which time: those of a repository, of all images, or of both."""
    sets = {one.repositories for one in past.standings if one.health is not None}
    names = sorted({name for one in sets for name in one})
    if len(sets) == len(names) == 1:
        yield from ((at, names[0], True, changes) for at, changes in _steps(past, names[0]))
        return
    for name in (None, *names):
        yield from ((at, name or "", name is None, changes) for at, changes in _steps(past, name))


def _steps(past: ImagePast, repository: str | None) -> Iterator[tuple[int, _Totals]]:
    before: _Totals = (0,) * _COUNTS
    for standing in past.standings:
        there = repository is None or repository in standing.repositories
        after = _totals(standing) if there else (0,) * _COUNTS
        if after != before:
            yield microseconds(standing.at), tuple(new - old for new, old in zip(after, before, strict=True))
        before = after


def _totals(standing: Standing) -> _Totals:
    if standing.health is None:
        return (0,) * _COUNTS
    return (*(int(standing.health is one) for one in HEALTHS), *standing.findings, standing.disabled)


def _number(at: datetime | None) -> int | None:
    return microseconds(at) if at else None
