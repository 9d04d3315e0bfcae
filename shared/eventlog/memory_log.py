"""The event log in memory: the reference that the table log is held against, and a fast log for other tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from threading import Lock

from shared.domain.events import DomainEvent, RecordedEvent
from shared.eventlog import keys, limits, rows
from shared.eventlog.directory import shard_of
from shared.eventlog.interface import Appended, Command, CommandReused, History, Stream, StreamName, VersionConflict


@dataclass
class _Partition:
    events: list[RecordedEvent] = field(default_factory=list)
    markers: dict[str, rows.Row] = field(default_factory=dict)
    tip: str = ""
    recorded_at: datetime | None = None


@dataclass
class MemoryEventLog:
    """Streams in a dictionary, with the same rules as the table log."""

    now: Callable[[], datetime]
    _partitions: dict[StreamName, _Partition] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def load(self, name: StreamName, *, after: int = 0) -> Stream:
        """Read a stream."""
        with self._lock:
            found = self._partitions.get(name)
            if found is None:
                return Stream(name=name, version=0, events=())
            version = len(found.events)
            events = tuple(found.events[after:])
            return Stream(name, version, events, etag=str(version), tip=found.tip, last_recorded=found.recorded_at)

    def append(self, stream: Stream, command: Command, events: Sequence[DomainEvent]) -> Appended:
        """Append events, all or none."""
        if not events:
            return Appended(version=stream.version, events=())
        built, recorded = rows.build(stream, command, events, self.now())
        limits.check(built)
        with self._lock:
            partition = self._partitions.setdefault(stream.name, _Partition())
            marker = partition.markers.get(keys.marker_row(command.id))
            if marker is not None:
                return self._repeated(partition, marker, stream, command)
            if len(partition.events) != stream.version:
                raise VersionConflict(f"{stream.name} is no longer at version {stream.version}")
            partition.markers[built[0]["RowKey"]] = built[0]
            partition.events.extend(recorded)
            partition.tip = built[1]["tip"]
            partition.recorded_at = recorded[-1].meta.recorded_at
        return Appended(stream.version + len(events), recorded)

    def streams(self, kind: str, *, after: StreamName | None = None, shard: int | None = None) -> Iterator[StreamName]:
        """Yield the names of all streams of a kind, or of those behind a name, or of one shard."""
        every = (_place(name) for name in list(self._partitions) if name.kind == kind)
        found = [place for place in every if shard in (None, place[0])]
        return (name for _, _, name in sorted(found) if after is None or _place(name) > _place(after))

    def histories(
        self, kind: str, *, after: StreamName | None = None, last: StreamName | None = None
    ) -> Iterator[History]:
        """Yield streams with their events, in the order of their keys."""
        found = sorted((keys.escape(str(name)), name) for name in list(self._partitions) if name.kind == kind)
        for key, name in found:
            if (after is None or key > keys.escape(str(after))) and (last is None or key <= keys.escape(str(last))):
                yield History(name, partial(self._events_of, name))

    def _events_of(self, name: StreamName) -> Sequence[RecordedEvent]:
        return self.load(name).events

    def _repeated(self, partition: _Partition, marker: rows.Row, stream: Stream, command: Command) -> Appended:
        if marker["content"] != rows.fingerprint(command):
            raise CommandReused(f"command {command.id} was carried out on {stream.name} with other content")
        events = partition.events[marker["first"] - 1 : marker["version"]]
        return Appended(marker["version"], tuple(events), duplicate=True)


def _place(name: StreamName) -> tuple[int, str, StreamName]:
    return shard_of(name), keys.escape(str(name)), name
