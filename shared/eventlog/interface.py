"""The event log as the rest of the product sees it: streams, appends and their errors."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from shared.domain.events import DomainEvent, RecordedEvent


class StreamName(NamedTuple):
    """The name of a stream: its kind and what it is about, such as ``image``, registry and digest."""

    kind: str
    parts: tuple[str, ...]

    def __str__(self) -> str:
        return "|".join((self.kind, *self.parts))

    @classmethod
    def parse(cls, text: str) -> StreamName:
        """Read a name back; the parts themselves hold no ``|`` (their grammars forbid it)."""
        kind, *parts = text.split("|")
        return cls(kind, tuple(parts))


@dataclass(frozen=True, slots=True)
class Stream:
    """A stream as it was read: its version, its events in order, and what an append needs to know of it.

    ``etag`` is None for a stream that does not exist yet. ``tip`` is the hash of the last event.
    """

    name: StreamName
    version: int
    events: Sequence[RecordedEvent]
    etag: str | None = None
    tip: str = ""
    last_recorded: datetime | None = None


@dataclass(frozen=True, slots=True)
class History:
    """The events of a stream, without what an append needs to know; ``read`` raises UnknownEvent."""

    name: StreamName
    read: Callable[[], Sequence[RecordedEvent]]


@dataclass(frozen=True, slots=True)
class Command:
    """Why events are appended: the id that makes a repetition visible, and what every event's meta says.

    ``content`` is what the command said; a second command of the same id must say the same.
    """

    id: str
    content: bytes
    occurred_at: datetime
    actor: str
    cause: str
    correlation_id: str


@dataclass(frozen=True, slots=True)
class Appended:
    """The outcome of an append: the stream's version after it, and whether it had been appended before."""

    version: int
    events: Sequence[RecordedEvent]
    duplicate: bool = False


class VersionConflict(Exception):
    """Somebody else appended since the stream was loaded: load it again and decide anew."""


class CommandReused(Exception):
    """A command of this id was appended with other content: the ids do not come from their cause."""


class LimitExceeded(Exception):
    """An append is larger than Table Storage takes; nothing was written."""


class OutcomeUnknown(Exception):
    """The service did not answer: the append may or may not have happened. Repeating it is safe."""


class UnknownEvent(Exception):
    """A stored event of a type or schema that this version does not know: it was written by a newer one."""


class EventLog(Protocol):
    """An append-only log of streams."""

    def load(self, name: StreamName, *, after: int = 0) -> Stream:
        """Read a stream, with the events after a version; one that does not exist has version 0."""
        ...

    def append(self, stream: Stream, command: Command, events: Sequence[DomainEvent]) -> Appended:
        """Append events to a stream as it was loaded, all or none.

        Raise VersionConflict, CommandReused, LimitExceeded or OutcomeUnknown.
        """
        ...

    def streams(self, kind: str, *, after: StreamName | None = None, shard: int | None = None) -> Iterator[StreamName]:
        """Yield the names of all streams of a kind; a name may stand for a stream that is still empty.

        The order lasts: ``after`` goes on behind a name. All of one ``shard`` of the stream directory come before those
        of the next, and can be asked for alone.
        """
        ...

    def histories(
        self, kind: str, *, after: StreamName | None = None, last: StreamName | None = None
    ) -> Iterator[History]:
        """Yield all streams of a kind with their events, many at a read; from behind ``after``, up to ``last``.

        They come in the order of their keys. Each is a stream as it was at some time since the call: what is appended
        meanwhile may be missing, from some event on.
        """
        ...
