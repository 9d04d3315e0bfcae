"""Export the log as lines of JSON, and the documents that it names to a folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import IO

import msgspec

from shared.domain.findings import Report
from shared.domain.packages import Inventory
from shared.eventlog import chain
from shared.eventlog.archive import ArchiveWriter
from shared.eventlog.archive_files import created
from shared.eventlog.stored import StoredLog, StoredStream
from shared.services.named_documents import DocumentFolder, named_documents
from shared.services.progress import Progress, silent
from shared.storage.documents import DocumentDamaged, DocumentMissing, DocumentStore


class ExportRefused(ValueError):
    """The log is not as it was written, or a document is gone: ``verify`` tells all of it."""


class Exported(msgspec.Struct, frozen=True, rename="camel"):
    """What was written."""

    streams: int
    events: int
    documents: int


@dataclass(frozen=True)
class ExportLog:
    """Writes an archive that ``import`` takes; a file that stands under its name is whole."""

    stored: StoredLog
    reports: DocumentStore[Report]
    inventories: DocumentStore[Inventory]

    def __call__(self, target: Path, documents: Path | None = None, progress: Progress = silent) -> Exported:
        """Export every stream, and with ``documents`` what they name; raise ExportRefused or OSError."""
        with created(target) as file:
            return self.write(file, documents, progress)

    def write(self, file: IO[bytes], documents: Path | None = None, progress: Progress = silent) -> Exported:
        """Export into a file that is open; one that was not written to its end is refused by ``import``."""
        names = self.stored.names()
        folder = DocumentFolder.of(self.reports, self.inventories, documents) if documents else None
        copied: set[tuple[str, str]] = set()
        writer = ArchiveWriter(file)
        for done, name in enumerate(names, start=1):
            stream = self.stored.read(name)
            if not stream.empty:
                self._stream(stream, writer, folder, copied)
            progress(done, len(names))
        writer.end()
        return Exported(writer.streams, writer.events, len(copied))

    def _stream(
        self, stream: StoredStream, writer: ArchiveWriter, folder: DocumentFolder | None, copied: set[tuple[str, str]]
    ) -> None:
        checked = chain.check(stream)
        if checked.broken:
            raise ExportRefused(f"{stream.name}, event {checked.broken.version}: {checked.broken.what}")
        try:
            for document in named_documents(checked.events) if folder else ():
                if folder and document.key not in copied and folder.save(document):
                    copied.add(document.key)
        except (DocumentMissing, DocumentDamaged) as error:
            raise ExportRefused(f"{stream.name}: {error}") from error
        writer.write(stream)
