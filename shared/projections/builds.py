"""How far the building of a generation is: one row for the whole, and one for each part of the streams.

The streams are divided, by their keys, into parts of about the same size. Each is replayed from its first stream to
its last; its mark is written after the rows that it speaks of, so that a rebuild that was killed goes on from there and
does at most one batch again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

import msgspec

from shared.eventlog.interface import StreamName
from shared.storage.tables import Table

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
        for part, (after, last) in enumerate(pairwise(bounds)):
            self.put_mark(build.number, part, Mark(after=after, last=last))
        for part in range(len(bounds) - 1, PARTS):
            self.put_mark(build.number, part, Mark(finished=True))
        self._write(build.number, _WHOLE, "build", build)

    def mark(self, number: int, part: int) -> Mark:
        """Return how far a part is."""
        found = self.table.get(_partition(number), _part(part))
        return msgspec.json.decode(found[0]["mark"], type=Mark) if found else Mark()

    def put_mark(self, number: int, part: int, mark: Mark) -> None:
        """Note how far a part is."""
        self._write(number, _part(part), "mark", mark)

    def replayed(self, number: int) -> int:
        """Return how many streams have been replayed in all parts together."""
        condition = "PartitionKey eq @partition and RowKey lt @end"  # 'build' comes before 'part-00'
        rows = self.table.query(condition, {"partition": _partition(number), "end": "part."}, select=["mark"])
        return sum(msgspec.json.decode(row["mark"], type=Mark).streams for row in rows if row.get("mark"))

    def _write(self, number: int, row: str, column: str, value: msgspec.Struct) -> None:
        text = msgspec.json.encode(value).decode()
        self.table.upsert({"PartitionKey": _partition(number), "RowKey": row, column: text})


def _partition(number: int) -> str:
    return f"build-{number:06d}"


def _part(part: int) -> str:
    return f"part-{part:02d}"
