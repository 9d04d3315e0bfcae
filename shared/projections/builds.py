"""How far the building of a generation is: one row for the whole, and one for each shard of the stream directory.

Each shard is replayed from its first stream to its last; its mark is written after the rows that it speaks of, so that
a rebuild that was killed goes on from there and does at most one batch again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import msgspec

from shared.eventlog.interface import SHARDS, StreamName
from shared.storage.tables import Table

_WHOLE = "build"


class Build(msgspec.Struct, frozen=True, rename="camel"):
    """What is known of a building: when it began, with which revision of the projector, and of how many streams."""

    number: int
    revision: str
    started_at: datetime
    streams: int


class Mark(msgspec.Struct, frozen=True, rename="camel"):
    """How far a shard is: the last stream that was replayed, how many were, and which of them could not be."""

    after: str = ""
    streams: int = 0
    finished: bool = False
    failed: tuple[str, ...] = ()

    @property
    def last(self) -> StreamName | None:
        """The stream to go on after, None for the start."""
        return StreamName.parse(self.after) if self.after else None


@dataclass(frozen=True)
class BuildTable:
    """Rows of the table ``projections``: one partition for each generation."""

    table: Table

    def get(self, number: int) -> Build | None:
        """Return what is known of the building of a generation."""
        found = self.table.get(_partition(number), _WHOLE)
        return msgspec.json.decode(found[0]["build"], type=Build) if found else None

    def put(self, build: Build) -> None:
        """Begin a building, from the first stream of every shard on."""
        for shard in range(SHARDS):
            self.put_mark(build.number, shard, Mark())
        self._write(build.number, _WHOLE, "build", build)

    def mark(self, number: int, shard: int) -> Mark:
        """Return how far a shard is."""
        found = self.table.get(_partition(number), _shard(shard))
        return msgspec.json.decode(found[0]["mark"], type=Mark) if found else Mark()

    def put_mark(self, number: int, shard: int, mark: Mark) -> None:
        """Note how far a shard is."""
        self._write(number, _shard(shard), "mark", mark)

    def replayed(self, number: int) -> int:
        """Return how many streams have been replayed in all shards together."""
        condition = "PartitionKey eq @partition and RowKey lt @end"  # 'build' comes before 'shard-00'
        rows = self.table.query(condition, {"partition": _partition(number), "end": "shard."}, select=["mark"])
        return sum(msgspec.json.decode(row["mark"], type=Mark).streams for row in rows if row.get("mark"))

    def _write(self, number: int, row: str, column: str, value: msgspec.Struct) -> None:
        text = msgspec.json.encode(value).decode()
        self.table.upsert({"PartitionKey": _partition(number), "RowKey": row, column: text})


def _partition(number: int) -> str:
    return f"build-{number:06d}"


def _shard(shard: int) -> str:
    return f"shard-{shard:02d}"
