"""The log as it is stored, row by row and unread: what verification, export and import work on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from shared.domain.events import RecordedEvent
from shared.domain.stored_names import STREAM_KINDS
from shared.eventlog import codec, keys, limits, rows
from shared.eventlog.directory import StreamDirectory
from shared.eventlog.interface import StreamName
from shared.storage.tables import Row, Table

_TORN_READS = 5


class StoredEvent(msgspec.Struct, frozen=True):
    """The row of an event; ``version`` 0 is one whose key cannot be read, ``schema`` -1 one that is no number."""

    version: int
    type: str
    schema: int
    data: str
    meta: str

    @property
    def hash(self) -> str:
        """The hash that the next event, or the head, must hold."""
        return codec.event_hash(self.type, self.schema, self.data, self.meta)

    def read(self) -> RecordedEvent:
        """Read the event; raise UnknownEvent or MsgspecError."""
        return codec.decode_event(self.version, self.type, self.schema, self.data, self.meta)


class StoredMarker(msgspec.Struct, frozen=True):
    """The row that marks a command as carried out: its key, its events, and the hash of what the command said."""

    key: str
    first: int
    version: int
    content: str


class StoredHead(msgspec.Struct, frozen=True):
    """The row that says how far a stream goes."""

    version: int
    tip: str
    recorded_at: str


class StoredStream(msgspec.Struct, frozen=True):
    """All rows of a stream; ``head`` is None where there is none."""

    name: StreamName
    head: StoredHead | None
    events: tuple[StoredEvent, ...]
    markers: tuple[StoredMarker, ...]

    @property
    def empty(self) -> bool:
        """Say whether nothing was ever appended."""
        return self.head is None and not self.events and not self.markers


@dataclass(frozen=True)
class StoredLog:
    """Reads and writes the rows of the tables ``events`` and ``streams``."""

    events: Table
    directory: StreamDirectory

    def names(self) -> list[StreamName]:
        """Return all streams, in order: those of the directory, and any that the directory does not name."""
        listed = {name for kind in STREAM_KINDS for name in self.directory.names(kind)}
        return sorted(listed | self.with_head())

    def with_head(self) -> set[StreamName]:
        """Return all streams that have a head; this reads through the whole table."""
        heads = self.events.query("RowKey eq @head", {"head": keys.HEAD}, select=["PartitionKey"])
        return {StreamName.parse(keys.unescape(str(row["PartitionKey"]))) for row in heads}

    def read(self, name: StreamName) -> StoredStream:
        """Return the rows of a stream as of one moment, also where somebody is appending to it."""
        partition = keys.escape(str(name))
        head = self._head(partition)
        for _ in range(_TORN_READS):
            events = tuple(map(_event, self._rows(partition, "e-", "e.")))  # '.' follows '-'
            markers = tuple(map(_marker, self._rows(partition, "id-", "id.")))
            after = self._head(partition)
            if after == head:
                break
            head = after
        return StoredStream(name, head, events, markers)

    def extend(self, stream: StoredStream, events: Sequence[StoredEvent], markers: Sequence[StoredMarker]) -> None:
        """Add whole appends to a stream, in one transaction; raise RowChanged or LimitExceeded.

        They must be the next ones, with their markers.
        """
        from azure.core import MatchConditions
        from azure.data.tables import UpdateMode

        partition = keys.escape(str(stream.name))
        found = self.events.get(partition, keys.HEAD)
        self.directory.add(stream.name)
        head = rows.head_row(partition, events[-1].version, events[-1].hash, events[-1].read().meta.recorded_at)
        added = [rows.marker_row(partition, one.key, one.first, one.version, one.content) for one in markers]
        written = [rows.event_row(partition, one.version, one.type, one.schema, one.data, one.meta) for one in events]
        limits.check([*added, head, *written])
        unchanged = {"mode": UpdateMode.REPLACE, "match_condition": MatchConditions.IfNotModified}
        put = ("update", head, {**unchanged, "etag": found[1]}) if found else ("create", head)
        self.events.transact([*(("create", row) for row in added), put, *(("create", row) for row in written)])

    def _rows(self, partition: str, first: str, last: str) -> Iterator[Row]:
        condition = "PartitionKey eq @partition and RowKey ge @first and RowKey lt @last"
        return self.events.query(condition, {"partition": partition, "first": first, "last": last})

    def _head(self, partition: str) -> StoredHead | None:
        found = self.events.get(partition, keys.HEAD)
        if found is None:
            return None
        row = found[0]
        return StoredHead(_number(row.get("version")), _text(row.get("tip")), _text(row.get("recorded_at")))


def _event(row: Row) -> StoredEvent:
    number = str(row["RowKey"]).removeprefix("e-")
    return StoredEvent(
        version=int(number) if number.isascii() and number.isdigit() else 0,
        type=_text(row.get("type")),
        schema=_number(row.get("schema")),
        data=_text(row.get("data")),
        meta=_text(row.get("meta")),
    )


def _marker(row: Row) -> StoredMarker:
    first, last = _number(row.get("first")), _number(row.get("version"))
    return StoredMarker(str(row["RowKey"]), first, last, _text(row.get("content")))


def _number(value: Any) -> int:
    return value if isinstance(value, int) else -1


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
