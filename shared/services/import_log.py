"""Import an exported log into an installation that has none."""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass
from pathlib import Path

import msgspec

from shared.domain.findings import Report
from shared.domain.packages import Inventory
from shared.eventlog import limits
from shared.eventlog.archive_files import streams_of
from shared.eventlog.interface import StreamName
from shared.eventlog.stored import StoredEvent, StoredLog, StoredMarker, StoredStream
from shared.services.named_documents import DocumentFolder, NamedDocument, named_documents
from shared.services.progress import Progress, silent
from shared.services.restore_tags import RestoreTags
from shared.storage.documents import DocumentDamaged, DocumentMissing, DocumentStore
from shared.storage.tables import RowChanged

# Rows of one transaction, with room for the head; and of their content, which is escaped and wrapped on its way.
_MOST_ROWS = limits.MAX_ROWS - 1
_MOST_BYTES = limits.MAX_PAYLOAD // 4

_WHAT_TO_DO = "Import into a storage account without a log of Plimsoll; logs are never merged"


class ImportRefused(ValueError):
    """The log cannot be imported, with the reason; what was there before has not been changed."""


class Imported(msgspec.Struct, frozen=True, rename="camel"):
    """What the file holds, and how many of its events were not there before."""

    streams: int
    events: int
    written: int
    documents: int


@dataclass(frozen=True)
class ImportLog:
    """Reads an archive twice: first all of it is verified, then it is written.

    What was interrupted is taken up again by importing the same file once more. Projections are made of the log by the
    sweep or a rebuild afterwards.
    """

    stored: StoredLog
    reports: DocumentStore[Report]
    inventories: DocumentStore[Inventory]
    restore_tags: RestoreTags

    def __call__(self, source: Path, documents: Path | None = None, progress: Progress = silent) -> Imported:
        """Import a file, and with ``documents`` what its events name.

        Raise ImportRefused, ArchiveRefused, or OSError.
        """
        folder = DocumentFolder.of(self.reports, self.inventories, documents) if documents else None
        there = {name for name in self.stored.names() if not self.stored.read(name).empty}
        total = self._verify(source, there, folder)
        events = written = 0
        copied: set[tuple[str, str]] = set()
        for done, stream in enumerate(streams_of(source), start=1):
            # Documents first: an event never names what is not there.
            if folder:
                copied.update(document.key for document in _named(stream, copied) if folder.restore(document))
            events += len(stream.events)
            written += self._write(stream, there)
            progress(done, total)
        self.restore_tags()
        return Imported(total, events, written, len(copied))

    def _verify(self, source: Path, there: set[StreamName], folder: DocumentFolder | None) -> int:
        """Read all of the file before anything is written, and return how many streams it has."""
        names: set[StreamName] = set()
        checked: set[tuple[str, str]] = set()
        for stream in streams_of(source):
            names.add(stream.name)
            self._beginning(stream, there)
            try:
                for document in _named(stream, checked) if folder else ():
                    if folder and folder.check(document):
                        checked.add(document.key)
            except (DocumentMissing, DocumentDamaged) as error:
                raise ImportRefused(f"{stream.name}: {error}") from error
        for name in sorted(there - names):
            raise ImportRefused(f"the log is not empty: it has {name}, which is not in the file. {_WHAT_TO_DO}")
        return len(names)

    def _beginning(self, stream: StoredStream, there: set[StreamName]) -> int:
        """Return how many events of a stream the log has; refuse one of which it has anything but a beginning."""
        if stream.name not in there:
            return 0
        events = self.stored.read(stream.name).events
        if events != stream.events[: len(events)]:
            raise ImportRefused(
                f"the log is not empty: its {stream.name} is another than that of the file. {_WHAT_TO_DO}"
            )
        return len(events)

    def _write(self, stream: StoredStream, there: set[StreamName]) -> int:
        after = self._beginning(stream, there)
        try:
            for events, markers in _transactions(stream, after):
                self.stored.extend(stream, events, markers)
        except RowChanged as error:
            raise ImportRefused(f"somebody is writing to {stream.name}: stop the service, then import again") from error
        return len(stream.events) - after


def _transactions(stream: StoredStream, after: int) -> Iterator[tuple[list[StoredEvent], list[StoredMarker]]]:
    """Put whole appends together to transactions that are as large as they may be."""
    events: list[StoredEvent] = []
    markers: list[StoredMarker] = []
    for marker in sorted(stream.markers, key=lambda one: one.version):
        if marker.version <= after:
            continue
        added = stream.events[marker.first - 1 : marker.version]
        size = sum(len(one.data) + len(one.meta) for one in (*events, *added))
        if events and (len(events) + len(markers) + len(added) + 1 > _MOST_ROWS or size > _MOST_BYTES):
            yield events, markers
            events, markers = [], []
        events, markers = [*events, *added], [*markers, marker]
    if events:
        yield events, markers


def _named(stream: StoredStream, known: Set[tuple[str, str]]) -> list[NamedDocument]:
    """Return the documents of a stream that are not known yet, each once."""
    found = {document.key: document for document in named_documents([one.read() for one in stream.events])}
    return [document for key, document in found.items() if key not in known]
