"""The hash chain: every event's meta holds the hash of the event before it, and the head that of the last one.

It makes visible what was changed, removed or put in between; whoever can write everything can also write a new chain,
so that the hash of a head that is kept elsewhere is what a whole log is held against.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import msgspec

from shared.domain.events import RecordedEvent
from shared.eventlog.interface import UnknownEvent
from shared.eventlog.stored import StoredEvent, StoredHead, StoredMarker, StoredStream


class Break(NamedTuple):
    """The first place where a stream is not as it was written, by version, and what is wrong there."""

    version: int
    what: str


class Checked(NamedTuple):
    """A stream's events as far as they hold, how many of them no hash guards, and the first break if there is one."""

    events: tuple[RecordedEvent, ...]
    unguarded: int
    broken: Break | None


class _Broken(Exception):
    def __init__(self, version: int, what: str) -> None:
        super().__init__(what)
        self.place = Break(version, what)


def check(stream: StoredStream) -> Checked:
    """Walk a stream from its first event to its head.

    Events that were written before there was a chain hold no hash of the one before: they are accepted up to the first
    that does, and counted.
    """
    walk = _Walk()
    try:
        for position, stored in enumerate(stream.events, start=1):
            walk.step(position, stored)
        walk.end(stream.head)
        _check_markers(stream.markers, len(stream.events))
    except _Broken as error:
        return Checked(tuple(walk.events), walk.unguarded, error.place)
    return Checked(tuple(walk.events), walk.unguarded, None)


class _Walk:
    def __init__(self) -> None:
        self.events: list[RecordedEvent] = []
        self.unguarded = 0
        self._tip = ""
        self._chained = False

    def step(self, position: int, stored: StoredEvent) -> None:
        if stored.version != position:
            raise _Broken(position, "the event is missing")
        recorded = _read(stored)
        if position > 1:
            self._link(position, recorded.meta.previous)
        elif recorded.meta.previous:
            raise _Broken(1, "the events before it were removed")
        self.events.append(recorded)
        self._tip = stored.hash

    def end(self, head: StoredHead | None) -> None:
        version = len(self.events)
        if head is None:
            if version:
                raise _Broken(version, "the head of the stream is missing")
            return
        if head.version > version:
            raise _Broken(version + 1, f"the event is missing: the head says that there are {head.version}")
        if head.version < version:
            raise _Broken(version, f"the head says that there are only {head.version} events")
        self._link(version, head.tip, "the head holds another hash: it or the last event was changed")
        if not _same_time(head.recorded_at, self.events[-1].meta.recorded_at):
            raise _Broken(version, "the head tells another time than the last event")

    def _link(self, version: int, previous: str, what: str = "") -> None:
        if not previous and not self._chained:
            self.unguarded += 1
            return
        if previous != self._tip:
            raise _Broken(version, what or "it holds another hash: it or the event before it was changed")
        self._chained = True


def _read(stored: StoredEvent) -> RecordedEvent:
    try:
        return stored.read()
    except (UnknownEvent, msgspec.MsgspecError, UnicodeError) as error:
        raise _Broken(stored.version, f"the event cannot be read: {error}") from error


def _check_markers(markers: tuple[StoredMarker, ...], version: int) -> None:
    """Every event was appended by exactly one command."""
    after = 0
    for marker in sorted(markers, key=lambda one: one.version):
        if marker.first != after + 1 or marker.version < marker.first:
            raise _Broken(after + 1, "the marker of the command that appended it is missing or was changed")
        after = marker.version
    if after != version:
        raise _Broken(min(after, version) + 1, "the marker of the command that appended it is missing or was changed")


def _same_time(text: str, time: datetime) -> bool:
    try:
        return datetime.fromisoformat(text) == time
    except (ValueError, TypeError):
        return False
