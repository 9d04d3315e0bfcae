"""What recorded scans would have answered under another support matrix, other advisories or newer readers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import msgspec

from shared.domain import image
from shared.domain.events import Outcome, RecordedEvent, ScanCompleted, Trigger
from shared.domain.failures import ScanFailure
from shared.domain.findings import Report
from shared.domain.image import ImageState, OpenScan
from shared.domain.packages import Inventory
from shared.domain.references import ImageId
from shared.domain.support import ImageFacts, SupportMatrix, unsupported_content, unsupported_platform
from shared.domain.suppositions import Supposition, decided_again, unknown_until_scanned, unsupported
from shared.services.pull_image import NotAnImage
from shared.services.scan_image import ScanImage
from shared.services.unwritten import UnwrittenDocuments
from shared.storage.documents import DocumentDamaged, DocumentMissing


@dataclass(frozen=True)
class SupposeScans:
    """Decides the scans of an image again, with the code that scans; of what is not on record it says so.

    ``scan`` writes nothing, and is None where nothing is matched again. ``until`` is the time of the question: what an
    image was matched with last counts as matched then.
    """

    supposed: Supposition
    inventories: UnwrittenDocuments[Inventory]
    reports: UnwrittenDocuments[Report]
    scan: ScanImage | None
    reader_version: str
    until: datetime

    def __call__(self, about: ImageId, recorded: Sequence[RecordedEvent]) -> Supposed:
        """Return the events of an image as they would be; ``reports`` has what they name until the next image."""
        self.reports.made.clear()
        self.inventories.made.clear()
        if not self.supposed.other_scans:
            return Supposed(recorded)
        one = _OneImage(self, about, image.fold(recorded))
        return Supposed(decided_again(recorded, one.revise), one.unreadable)


@dataclass(frozen=True)
class Supposed:
    """The stream of an image as it would be, and why it could not be read again, if it should have been and was not."""

    events: Sequence[RecordedEvent]
    unreadable: str = ""


@dataclass
class _OneImage:
    by: SupposeScans
    about: ImageId
    state: ImageState
    unreadable: str = ""
    _read: dict[str, ScanCompleted] = field(default_factory=dict)

    def revise(self, scan: ScanCompleted, at: datetime) -> ScanCompleted:
        """Give what a scan would have answered."""
        if scan.outcome is Outcome.ARTIFACT:
            return scan
        try:
            if self.by.supposed.readers and scan.reader_version != self.by.reader_version:
                return self._read_again(scan, at)
            return self._by_platform(scan) or self._by_content(scan, self.by.inventories.load(scan.inventory), at)
        except (DocumentMissing, DocumentDamaged):
            return unknown_until_scanned(scan, "what it holds cannot be read from storage")
        except ScanFailure as failure:
            return unknown_until_scanned(scan, failure.message)

    def _by_platform(self, scan: ScanCompleted) -> ScanCompleted | None:
        """Decide without a look into the image; None where its inventory decides."""
        matrix = self.by.supposed.support_matrix
        was_unsupported = scan.outcome is Outcome.UNSUPPORTED and not scan.inventory
        # What a matrix does not take, the original's does not take either.
        if was_unsupported and matrix in (None, SupportMatrix.DEFENDER):
            return scan
        if matrix is not None and (answer := self._unsupported_platform(scan, matrix)):
            return answer
        return None if scan.inventory else unknown_until_scanned(scan, "what it holds is not on record")

    def _unsupported_platform(self, scan: ScanCompleted, matrix: SupportMatrix) -> ScanCompleted | None:
        if scan.platform is None:
            return unknown_until_scanned(scan, "its platform is not on record")
        # The compression of layers is not on record; in the Docker format it is gzip unless somebody insists.
        reason = unsupported_platform(ImageFacts(scan.platform, self.state.media_type, ()), matrix)
        if reason is not None:
            return unsupported(scan, reason)
        if matrix is SupportMatrix.DEFENDER and not self.state.media_type:
            return unknown_until_scanned(scan, "the format of its manifest is not on record")
        return None

    def _by_content(self, scan: ScanCompleted, inventory: Inventory, at: datetime) -> ScanCompleted:
        if self.by.scan is not None and self.by.supposed.other_findings:
            return self._matched(self.by.scan, scan, inventory, at)
        matrix = self.by.supposed.support_matrix
        reason = unsupported_content(inventory, matrix) if matrix else None
        if reason is not None:
            answer = unsupported(scan, reason)
            return msgspec.structs.replace(answer, distribution=inventory.distribution, inventory=scan.inventory)
        if scan.outcome is Outcome.ASSESSED:
            return scan
        return unknown_until_scanned(scan, "it was unsupported, and its packages were never looked up")

    def _matched(self, scanner: ScanImage, scan: ScanCompleted, inventory: Inventory, at: datetime) -> ScanCompleted:
        standing = self.state.last_scan is not None and scan is self.state.last_scan.event
        moment = self.by.until if standing else at
        blank = msgspec.structs.replace(unsupported(scan, ""), outcome=Outcome.ASSESSED)
        answer = replace(scanner, now=lambda: moment).matched(blank, inventory)
        if answer.advisories_at is None:
            return answer
        return msgspec.structs.replace(answer, advisories_at=scan.advisories_at or at)

    def _read_again(self, scan: ScanCompleted, at: datetime) -> ScanCompleted:
        if self.by.scan is None:
            raise TypeError("images are read again by a scanner only")
        found = self._pulled(self.by.scan)
        if found is None:
            return unknown_until_scanned(scan, self.unreadable)
        if not found.inventory:
            answer = unsupported(scan, found.reason)
            return msgspec.structs.replace(answer, outcome=found.outcome, platform=found.platform)
        scan = msgspec.structs.replace(scan, platform=found.platform)
        return self._matched(self.by.scan, scan, self.by.scan.inventories.load(found.inventory), at)

    def _pulled(self, scanner: ScanImage) -> ScanCompleted | None:
        """Read the image from its registry once; None, with the reason noted, where it cannot be."""
        if not self._read and not self.unreadable:
            present = self.state.present_repositories
            try:
                if present:
                    again = OpenScan("what-if", present[0], Trigger.MANUAL, self.by.until, "what-if")
                    self._read["again"] = scanner(self.about, again, None)
                else:
                    self.unreadable = "it was deleted, and was read by older readers"
            except (ScanFailure, NotAnImage) as error:
                self.unreadable = f"it cannot be read again: {error}"
        return self._read.get("again")
