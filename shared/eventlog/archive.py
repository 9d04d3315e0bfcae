"""The log as lines of JSON: a header, one event a line, stream after stream, and an end that counts and hashes them.

What is stored is kept to the letter, as strings, because the hash chain is over it. The last event of each append names
its command, so that a repetition is known for one after an import too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import IO

import msgspec

from shared.domain.stored_names import STREAM_KINDS
from shared.eventlog import chain
from shared.eventlog.interface import StreamName, UnknownEvent
from shared.eventlog.stored import StoredEvent, StoredHead, StoredMarker, StoredStream

FORMAT = 1
_LONGEST_LINE = 1 << 20  # bytes; an event has four properties of at most 64 KiB


class ArchiveRefused(ValueError):
    """A file is no archive of a log, was cut off or was changed; the message names the line."""


class Appended(msgspec.Struct, frozen=True):
    """The command that an append carried out: its key, its first event, and the hash of what it said."""

    key: str
    first: int
    content: str


class Header(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="line", tag="plimsoll-event-log"):
    """The first line."""

    format: int


class EventLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="line", tag="event"):
    """One event: as it is stored, with its hash."""

    stream: str
    version: int
    type: str
    schema: int
    data: str
    meta: str
    hash: str
    appended: Appended | None = None


class End(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="line", tag="end"):
    """The last line: how many streams and events there are, and the sha256 of all lines before."""

    streams: int
    events: int
    sha256: str


_encoder = msgspec.json.Encoder()
_decoder: msgspec.json.Decoder[Header | EventLine | End] = msgspec.json.Decoder(Header | EventLine | End)


class ArchiveWriter:
    """Writes an archive; without its end it is refused by every reader."""

    def __init__(self, target: IO[bytes]) -> None:
        self._target = target
        self._sum = hashlib.sha256()
        self.streams = self.events = 0
        self._line(Header(FORMAT))

    def write(self, stream: StoredStream) -> None:
        """Write a stream that has events."""
        appended = {one.version: Appended(one.key, one.first, one.content) for one in stream.markers}
        for one in stream.events:
            about = one.version, one.type, one.schema, one.data, one.meta, one.hash, appended.get(one.version)
            self._line(EventLine(str(stream.name), *about))
        self.streams += 1
        self.events += len(stream.events)

    def end(self) -> None:
        """Write the end."""
        self._line(End(self.streams, self.events, self._sum.hexdigest()))

    def _line(self, line: msgspec.Struct) -> None:
        encoded = _encoder.encode(line) + b"\n"
        self._sum.update(encoded)
        self._target.write(encoded)


def read_archive(source: IO[bytes]) -> Iterator[StoredStream]:
    """Yield the streams of an archive, each with its hash chain verified; raise ArchiveRefused.

    Only one that was read to its end is known to be whole.
    """
    seen: set[StreamName] = set()
    gathered: list[EventLine] = []
    for line in _events(source):
        if gathered and gathered[-1].stream != line.stream:
            yield _stream(gathered, seen)
            gathered = []
        gathered.append(line)
    if gathered:
        yield _stream(gathered, seen)


def _events(source: IO[bytes]) -> Iterator[EventLine]:
    total, events, streams, last = hashlib.sha256(), 0, 0, ""
    for number, encoded in enumerate(iter(lambda: source.readline(_LONGEST_LINE), b""), start=1):
        line = _decode(number, encoded)
        match line:
            case Header() if number == 1 and line.format == FORMAT:
                pass
            case EventLine() if number > 1:
                events, streams, last = events + 1, streams + (line.stream != last), line.stream
                yield line
            case End() if number > 1:
                if line != End(streams, events, total.hexdigest()) or source.read(1):
                    raise ArchiveRefused(f"line {number}: the end does not fit the lines before it")
                return
            case _:
                raise ArchiveRefused(f"line {number}: not what belongs there in an archive of format {FORMAT}")
        total.update(encoded)
    raise ArchiveRefused("the file was cut off: it has no end")


def _decode(number: int, encoded: bytes) -> Header | EventLine | End:
    if not encoded.endswith(b"\n"):
        raise ArchiveRefused(f"line {number}: the file was cut off, or the line is longer than {_LONGEST_LINE} bytes")
    try:
        return _decoder.decode(encoded)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise ArchiveRefused(f"line {number}: no line of an archive: {error}") from error


def _stream(lines: list[EventLine], seen: set[StreamName]) -> StoredStream:
    name = StreamName.parse(lines[0].stream)
    if len(name.parts) != STREAM_KINDS.get(name.kind):
        raise ArchiveRefused(f"{lines[0].stream!a}: not the name of a stream")
    if name in seen:
        raise ArchiveRefused(f"{name}: the stream comes twice")
    seen.add(name)
    events = tuple(StoredEvent(one.version, one.type, one.schema, one.data, one.meta) for one in lines)
    markers = tuple(_markers(lines))
    stream = StoredStream(name, _head(name, events), events, markers)
    broken = chain.check(stream).broken or next(_wrong_hashes(lines, events), None)
    if broken:
        raise ArchiveRefused(f"{name}, event {broken.version}: {broken.what}")
    return stream


def _markers(lines: Iterable[EventLine]) -> Iterator[StoredMarker]:
    for one in lines:
        if one.appended:
            yield StoredMarker(one.appended.key, one.appended.first, one.version, one.appended.content)


def _head(name: StreamName, events: tuple[StoredEvent, ...]) -> StoredHead:
    last = events[-1]
    try:
        recorded_at = last.read().meta.recorded_at
    except (UnknownEvent, msgspec.MsgspecError) as error:
        raise ArchiveRefused(f"{name}, event {last.version}: the event cannot be read: {error}") from error
    return StoredHead(len(events), last.hash, recorded_at.isoformat())


def _wrong_hashes(lines: list[EventLine], events: tuple[StoredEvent, ...]) -> Iterator[chain.Break]:
    for line, event in zip(lines, events, strict=True):
        if line.hash != event.hash:
            yield chain.Break(line.version, "it has another hash than its line says")
