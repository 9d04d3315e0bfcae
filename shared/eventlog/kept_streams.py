"""Streams that every worker reads again and again, kept in memory: only the head is read, and what came since."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from threading import Lock

from shared.domain.events import DomainEvent
from shared.eventlog.interface import Appended, Command, EventLog, History, Stream, StreamName


@dataclass(frozen=True)
class KeptStreams:
    """A log that keeps the events of the streams of one kind; implements ``EventLog``.

    A stream is append-only, and its head holds the hash of its last event. Where that does not follow on what is kept,
    the log was restored to another one, and the stream is read as a whole.
    """

    log: EventLog
    kind: str
    _kept: dict[StreamName, Stream] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def load(self, name: StreamName, *, after: int = 0) -> Stream:
        """Read a stream, with the events after a version."""
        if name.kind != self.kind:
            return self.log.load(name, after=after)
        with self._lock:
            stream = self._whole(name)
            self._kept[name] = stream
        return replace(stream, events=stream.events[after:]) if after else stream

    def append(self, stream: Stream, command: Command, events: Sequence[DomainEvent]) -> Appended:
        """Append events to a stream as it was loaded."""
        return self.log.append(stream, command, events)

    def streams(self, kind: str, *, after: StreamName | None = None, shard: int | None = None) -> Iterator[StreamName]:
        """Yield the names of all streams of a kind."""
        return self.log.streams(kind, after=after, shard=shard)

    def histories(
        self, kind: str, *, after: StreamName | None = None, last: StreamName | None = None
    ) -> Iterator[History]:
        """Yield all streams of a kind with their events."""
        return self.log.histories(kind, after=after, last=last)

    def _whole(self, name: StreamName) -> Stream:
        kept = self._kept.get(name)
        fresh = self.log.load(name, after=kept.version if kept else 0)
        if kept is None:
            return fresh
        if not _follows(kept, fresh):
            return self.log.load(name)
        return replace(fresh, events=(*kept.events, *fresh.events))


def _follows(kept: Stream, fresh: Stream) -> bool:
    if fresh.version < kept.version:
        return False
    return kept.tip == (fresh.events[0].meta.previous if fresh.events else fresh.tip)
