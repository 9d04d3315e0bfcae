"""What decides scans again under a supposition, over stores that write nothing."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from shared.domain.findings import Report
from shared.domain.packages import Inventory
from shared.domain.suppositions import Supposition
from shared.services.scan_image import ScanImage
from shared.services.suppose_scans import SupposeScans
from shared.services.unwritten import UnwrittenDocuments, UnwrittenLayers, UnwrittenPackageSets
from shared.storage.documents import DocumentStore

if TYPE_CHECKING:
    from shared.advisories.snapshots import SnapshotStore


class NoSuchSnapshot(LookupError):
    """A snapshot that is not kept, or that this version cannot read; the message says which and what to do."""


@dataclass(frozen=True)
class Supposing:
    """Opens a supposition: the scanner as the app has it, with another matrix, other advisories and memory for storage.

    Registry and advisories are asked for only where inventories are matched again.
    """

    scan_image: Callable[[], ScanImage]
    snapshots: Callable[[], SnapshotStore]
    inventories: DocumentStore[Inventory]
    reports: DocumentStore[Report]
    reader_version: str

    @contextmanager
    def __call__(self, supposed: Supposition, until: datetime) -> Iterator[SupposeScans]:
        """Give what decides scans again, as of a time; raise NoSuchSnapshot."""
        inventories = UnwrittenDocuments(self.inventories.container, Inventory)
        reports = UnwrittenDocuments(self.reports.container, Report)
        with ExitStack() as opened:
            scan = self._scanner(supposed, inventories, reports) if supposed.other_findings else None
            if scan is not None and supposed.advisory_snapshot is not None:
                scan = self._with_snapshot(scan, supposed.advisory_snapshot, opened)
            yield SupposeScans(supposed, inventories, reports, scan, self.reader_version, until)

    def _scanner(
        self, supposed: Supposition, inventories: DocumentStore[Inventory], reports: DocumentStore[Report]
    ) -> ScanImage:
        wired = self.scan_image()
        known = wired.puller.layers
        return replace(
            wired,
            puller=replace(wired.puller, layers=UnwrittenLayers(known.container, known.reader_version)),
            inventories=inventories,
            reports=reports,
            package_sets=UnwrittenPackageSets(wired.package_sets.table),
            matrix=supposed.support_matrix or wired.matrix,
        )

    def _with_snapshot(self, scan: ScanImage, snapshot: str, opened: ExitStack) -> ScanImage:
        from shared.advisories.lookup import SnapshotUnusable
        from shared.advisories.snapshots import SnapshotNotKept

        store = self.snapshots()
        folder = Path(opened.enter_context(tempfile.TemporaryDirectory(prefix="plimsoll-what-if-")))
        try:
            database = store.open_kept(snapshot, folder)
        except (SnapshotNotKept, SnapshotUnusable) as error:
            raise NoSuchSnapshot(f"advisorySnapshot: {error}") from error
        opened.callback(database.close)
        pointer = store.pointer()
        # Only of the snapshot in force it is on record when its feeds were read: that one's are taken for all.
        feeds = pointer[0].feeds if pointer else ()
        return replace(scan, advisories=lambda: database, feeds=lambda: feeds)
