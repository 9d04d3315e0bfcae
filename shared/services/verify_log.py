"""Verify the log: every stream's hash chain, and the documents that its events name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from shared.domain.events import RecordedEvent
from shared.domain.findings import Report
from shared.domain.packages import Inventory
from shared.domain.stored_names import INVENTORIES_CONTAINER, REPORTS_CONTAINER
from shared.eventlog import chain
from shared.eventlog.interface import StreamName
from shared.eventlog.stored import StoredLog
from shared.services.named_documents import named_documents
from shared.services.progress import Progress, silent
from shared.storage.documents import DocumentDamaged, DocumentMissing, DocumentStore


class Problem(msgspec.Struct, frozen=True, rename="camel"):
    """What is not as it was written: in which stream, at which version (0: the stream as a whole)."""

    stream: str
    version: int
    what: str


class Verified(msgspec.Struct, frozen=True, rename="camel"):
    """What was looked at. ``unguarded`` events were written before there were hashes, so that none guards them."""

    streams: int
    events: int
    documents: int
    unguarded: int
    problems: tuple[Problem, ...]


@dataclass
class _Tally:
    events: int = 0
    unguarded: int = 0
    problems: list[Problem] = field(default_factory=list)
    documents: dict[str, str] = field(default_factory=dict)  # what is wrong with each, empty for nothing


@dataclass(frozen=True)
class VerifyLog:
    """Walks the rows as they are stored; of each broken stream the first break is told."""

    stored: StoredLog
    reports: DocumentStore[Report]
    inventories: DocumentStore[Inventory]

    def __call__(self, only: StreamName | None = None, progress: Progress = silent) -> Verified:
        """Verify all streams, or one."""
        names = [only] if only else self.stored.names()
        tally = _Tally()
        for done, name in enumerate(names, start=1):
            tally.problems += self._stream(name, tally)
            progress(done, len(names))
        if only is None:
            tally.problems += self._left_out_by_the_directory()
        elif not tally.events and not tally.problems:
            tally.problems.append(Problem(str(only), 0, "there is no such stream"))
        return Verified(len(names), tally.events, len(tally.documents), tally.unguarded, tuple(tally.problems))

    def _stream(self, name: StreamName, tally: _Tally) -> Iterator[Problem]:
        checked = chain.check(self.stored.read(name))
        tally.events += len(checked.events)
        tally.unguarded += checked.unguarded
        if checked.broken:
            yield Problem(str(name), checked.broken.version, checked.broken.what)
        for version, what in self._documents(checked.events, tally.documents):
            yield Problem(str(name), version, what)

    def _documents(self, events: Sequence[RecordedEvent], known: dict[str, str]) -> Iterator[tuple[int, str]]:
        stores: Mapping[str, DocumentStore[Any]]
        stores = {REPORTS_CONTAINER: self.reports, INVENTORIES_CONTAINER: self.inventories}
        for document in named_documents(events):
            if document.kept and (wrong := _looked_at(stores[document.container], document.name, known)):
                yield document.version, wrong

    def _left_out_by_the_directory(self) -> Iterator[Problem]:
        for name in sorted(self.stored.with_head()):
            if not self.stored.directory.holds(name):
                yield Problem(str(name), 0, "the stream directory does not name it")


def _looked_at(store: DocumentStore[Any], name: str, known: dict[str, str]) -> str:
    if name not in known:
        try:
            store.check(name)
            known[name] = ""
        except (DocumentMissing, DocumentDamaged) as error:
            known[name] = str(error)
    return known[name]
