"""The documents that events name: reports and inventories, in storage and in a folder beside an archive."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from shared.domain.events import RecordedEvent, ScanCompleted
from shared.domain.findings import Report
from shared.domain.packages import Inventory
from shared.domain.report_retention import deleted_reports
from shared.domain.stored_names import INVENTORIES_CONTAINER, REPORTS_CONTAINER
from shared.storage.documents import DocumentDamaged, DocumentMissing, DocumentStore


class NamedDocument(NamedTuple):
    """A document, and the version of the event that names it. ``kept`` is false where it may have been deleted."""

    container: str
    name: str
    version: int
    kept: bool

    @property
    def key(self) -> tuple[str, str]:
        """What tells it from every other document."""
        return self.container, self.name


def named_documents(events: Sequence[RecordedEvent]) -> Iterator[NamedDocument]:
    """Yield what the events of one stream name, in order."""
    deleted = deleted_reports(events)
    for recorded in events:
        if not isinstance(recorded.event, ScanCompleted):
            continue
        report, inventory = recorded.event.report, recorded.event.inventory
        if report:
            yield NamedDocument(REPORTS_CONTAINER, report, recorded.version, report not in deleted)
        if inventory:
            yield NamedDocument(INVENTORIES_CONTAINER, inventory, recorded.version, True)


@dataclass(frozen=True)
class DocumentFolder:
    """Documents as files: ``reports/{name}.json.gz`` and ``inventories/{name}.json.gz``, the blobs to the letter."""

    stores: Mapping[str, DocumentStore[Any]]
    folder: Path

    @classmethod
    def of(cls, reports: DocumentStore[Report], inventories: DocumentStore[Inventory], folder: Path) -> DocumentFolder:
        """Put the stores of an installation beside a folder."""
        return cls({REPORTS_CONTAINER: reports, INVENTORIES_CONTAINER: inventories}, folder)

    def save(self, document: NamedDocument) -> bool:
        """Copy a document into the folder, and say whether it was there; raise DocumentMissing or DocumentDamaged."""
        path = self._path(document)
        if self._holds(document, path):
            return True
        try:
            packed = self.stores[document.container].read_packed(document.name)
        except DocumentMissing:
            if document.kept:
                raise
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".partial")
        with partial.open("wb") as file:
            file.write(packed)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
        return True

    def check(self, document: NamedDocument) -> bool:
        """Hold a document in the folder against its name, and say whether it is there.

        Raise DocumentDamaged, or DocumentMissing for one that must be there.
        """
        path = self._path(document)
        if path.exists():
            self.stores[document.container].check_packed(document.name, path.read_bytes())
            return True
        if document.kept:
            raise DocumentMissing(f"{path} is named by an event and is not there")
        return False

    def restore(self, document: NamedDocument) -> bool:
        """Copy a document from the folder into storage; say whether the folder has it. Raise DocumentDamaged."""
        path = self._path(document)
        if not path.exists():
            return False
        self.stores[document.container].write_packed(document.name, path.read_bytes())
        return True

    def _holds(self, document: NamedDocument, path: Path) -> bool:
        """Say whether an earlier export left the document; one that was damaged since is written anew."""
        try:
            self.stores[document.container].check_packed(document.name, path.read_bytes())
        except (FileNotFoundError, DocumentDamaged):
            return False
        return True

    def _path(self, document: NamedDocument) -> Path:
        if not document.name.isascii() or not document.name.isalnum():
            raise DocumentDamaged(f"{document.name[:80]!a} is not the name of a document")
        return self.folder / document.container / f"{document.name}.json.gz"
