"""How far the building of a generation is: one row for the whole, and one for each part of the streams.

The streams are divided, by their keys, into parts of about the same size. Each is replayed from its first stream to
its last; its mark is written after the rows that it speaks of, so that a rebuild that was killed goes on from there and
does at most one batch again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

import msgspec

from shared.eventlog.interface import StreamName
from shared.storage.tables import Row, Table

_WHOLE = "build"
PARTS = 16


class Build(msgspec.Struct, frozen=True, rename="camel"):
    """What is known of a building: when it began, with which revision of the projector, and of how many streams."""

    number: int
    revision: str
    started_at: datetime
    streams: int


class Mark(msgspec.Struct, frozen=True, rename="camel"):
    """How far a part is: the last stream that was replayed, how many were, and which of them could not be.

    It lies behind the stream ``after`` and ends with the stream ``last``; empty: where all of them begin, or end.
    """

    after: str = ""
    last: str = ""
    streams: int = 0
    finished: bool = False
    failed: tuple[str, ...] = ()

    @property
    def bounds(self) -> tuple[StreamName | None, StreamName | None]:
        """The stream to go on after, and the last one; None where there is none."""
        after, last = (StreamName.parse(text) if text else None for text in (self.after, self.last))
        return after, last


@dataclass(frozen=True)
class BuildTable:
    """Rows of the table ``projections``: one partition for each generation."""

    table: Table

    def get(self, number: int) -> Build | None:
        """Return what is known of the building of a generation."""
        found = self.table.get(_partition(number), _WHOLE)
        return msgspec.json.decode(found[0]["build"], type=Build) if found else None

    def put(self, build: Build, ends: Sequence[StreamName]) -> None:
        """Begin a building, from the first stream of every part on; ``ends`` are the last streams of all but one."""
        bounds = ["", *map(str, ends), ""]
        marks = [Mark(after=after, last=last) for after, last in pairwise(bounds)]
        marks += [Mark(finished=True)] * (PARTS - len(marks))
        rows = [_row(build.number, _part(part), "mark", mark) for part, mark in enumerate(marks)]
        self.table.transact([("upsert", row) for row in (*rows, _row(build.number, _WHOLE, "build", build))])

    def mark(self, number: int, part: int) -> Mark:
        """Return how far a part is."""
        found = self.table.get(_partition(number), _part(part))
        return msgspec.json.decode(found[0]["mark"], type=Mark) if found else Mark()

    def put_mark(self, number: int, part: int, mark: Mark) -> None:
        """Note how far a part is."""
        self.table.upsert(_row(number, _part(part), "mark", mark))

    def replayed(self, number: int) -> int:
        """Return how many streams have been replayed in all parts together."""
        return sum(mark.streams for mark in self._marks(number))

    def finished(self, number: int) -> bool:
        """Say whether every part has been replayed to its end."""
        marks = list(self._marks(number))
        return len(marks) == PARTS and all(mark.finished for mark in marks)

    def _marks(self, number: int) -> Iterator[Mark]:
        condition = "PartitionKey eq @partition and RowKey ge @first and RowKey lt @end"  # '.' follows '-'
        parameters = {"partition": _partition(number), "first": "part-", "end": "part."}
        for row in self.table.query(condition, parameters, select=["mark"]):
            yield msgspec.json.decode(row["mark"], type=Mark)


def _row(number: int, row: str, column: str, value: msgspec.Struct) -> Row:
    return {"PartitionKey": _partition(number), "RowKey": row, column: msgspec.json.encode(value).decode()}


def _partition(number: int) -> str:
    return f"build-{number:06d}"


def _part(part: int) -> str:
    return f"part-{part:02d}"
