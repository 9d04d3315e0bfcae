"""The past of images within the index: by how much totals changed and when, and the clocks of findings."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from datetime import datetime

from shared.domain.image_past import Clock, End, ImagePast, Standing
from shared.domain.severity import Severity
from shared.domain.trends import HEALTHS
from shared.projections.findings_index.whole_times import LATER, microseconds

_COUNTS = len(HEALTHS) + len(Severity) + 1
_TABLES = ("trend", "past", "departure", "clock")

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
        "INSERT INTO past VALUES (?, ?, ?, ?)", (image, _number(past.since), _number(past.answered), past.untold)
    )
    connection.executemany(
        "INSERT INTO departure VALUES (?, ?, ?, ?)",
        [(image, _number(one.at), _number(one.until), one.successor) for one in past.departures],
    )
    connection.executemany(
        "INSERT INTO clock VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [(image, *row) for place, clock in enumerate(past.clocks) for row in _turns(place, clock)],
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


def _turns(place: int, clock: Clock) -> Iterator[tuple[object, ...]]:
    """Yield a row for everything that was said of a finding, with the time until which it was."""
    digest = hashlib.blake2b(clock.key.encode(), digest_size=8).digest()
    flaw = int.from_bytes(digest, signed=True)
    pulled = clock.pulled.recorded_at if clock.pulled else None
    times = (_number(clock.since), _number(clock.fixable), _number(pulled), _number(clock.ended))
    untils = (*(microseconds(one.at) for one in clock.said[1:]), LATER)
    for turn, (said, until) in enumerate(zip(clock.said, untils, strict=True)):
        yield (
            *(place, turn, flaw, said.severity.rank, microseconds(said.at), until),
            *(said.disabled_by is not None, *times, clock.end is End.DELETED),
        )


def _number(at: datetime | None) -> int | None:
    return microseconds(at) if at else None
