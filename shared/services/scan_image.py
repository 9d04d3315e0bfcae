"""Scan one image: pull, list its packages, match them with advisories. Nothing of the image is run or unpacked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import TYPE_CHECKING

import msgspec

from shared.domain.end_of_life import end_of_life_gaps
from shared.domain.events import Outcome, ScanCompleted, ScanSummary, Trigger
from shared.domain.failures import FailureReason, ScanFailure
from shared.domain.findings import Report
from shared.domain.image import EndedScan, OpenScan
from shared.domain.packages import Inventory
from shared.domain.references import ImageId
from shared.domain.severity import Severity
from shared.domain.support import SupportMatrix, content_gaps, unsupported_content, unsupported_platform
from shared.inventory.failures import exceeded
from shared.projections.package_sets import PackageSets
from shared.services.commands import Clock
from shared.services.pull_image import ImagePuller, NotAnImage, PulledImage
from shared.storage.documents import DocumentMissing, DocumentStore

if TYPE_CHECKING:
    from shared.advisories.database import AdvisoryDatabase
    from shared.advisories.states import FeedState

_MOST_GAPS = 20
_LONGEST_GAP = 300  # characters
_MOST_LAYERS = 200  # of an event, which holds 64 KiB; builders end at 127
_STORED_INVENTORY = (Trigger.RESCAN, Trigger.ADVISORY)


@dataclass(frozen=True)
class ScanImage:
    """Makes the answer of a scan; the caller appends it to the log.

    ``advisories`` opens the current snapshot, or gives None where there is none yet.
    """

    puller: ImagePuller
    advisories: Callable[[], AdvisoryDatabase | None]
    inventories: DocumentStore[Inventory]
    reports: DocumentStore[Report]
    package_sets: PackageSets
    matrix: SupportMatrix
    reader_version: str
    most_findings: int
    feeds: Callable[[], tuple[FeedState, ...]]
    most_feed_days: int
    now: Clock

    def __call__(self, image: ImageId, scan: OpenScan, last: EndedScan | None) -> ScanCompleted:
        """Return the answer of a scan; rescans match the stored inventory and pull nothing.

        Raise ScanFailure, or NotAnImage where the digest turns out to be an index.
        """
        answer = ScanCompleted(
            scan_id=scan.scan_id,
            trigger=scan.trigger,
            outcome=Outcome.ASSESSED,
            charged=False,
            repository=scan.repository,
            reader_version=self.reader_version,
        )
        stored = self._stored(scan, last)
        if stored is not None and last is not None:
            return self.matched(_of_same_content(answer, last.event), stored)
        try:
            pulled = self.puller.open(image, scan.repository)
        except NotAnImage as error:
            if error.is_index:
                raise
            return msgspec.structs.replace(answer, outcome=Outcome.ARTIFACT, reason=str(error))
        return self._pulled(answer, pulled)

    def _stored(self, scan: OpenScan, last: EndedScan | None) -> Inventory | None:
        if scan.trigger not in _STORED_INVENTORY or last is None or not last.event.inventory:
            return None
        if last.event.reader_version != self.reader_version:
            return None
        try:
            return self.inventories.load(last.event.inventory)
        except DocumentMissing:
            return None  # pulling the image makes it anew

    def _pulled(self, answer: ScanCompleted, pulled: PulledImage) -> ScanCompleted:
        answer = msgspec.structs.replace(
            answer,
            platform=pulled.facts.platform,
            layers=pulled.layers if len(pulled.layers) <= _MOST_LAYERS else (),
            stated_base=pulled.stated_base,
        )
        reason = unsupported_platform(pulled.facts, self.matrix)
        if reason is not None:
            return msgspec.structs.replace(answer, outcome=Outcome.UNSUPPORTED, reason=reason)
        return self.matched(answer, pulled.read_inventory())

    def matched(self, answer: ScanCompleted, inventory: Inventory) -> ScanCompleted:
        """Return the answer of a scan whose inventory is known; raise ScanFailure."""
        answer = msgspec.structs.replace(
            answer,
            distribution=inventory.distribution,
            inventory=self.inventories.save(inventory),
        )
        reason = unsupported_content(inventory, self.matrix)
        if reason is not None:
            return msgspec.structs.replace(answer, outcome=Outcome.UNSUPPORTED, reason=reason)
        from shared.advisories.dependence import depends_on
        from shared.advisories.freshness import overdue

        opened_at = self.now()
        database = self._database()
        gaps = content_gaps(inventory) + end_of_life_gaps(inventory.distribution, opened_at.astimezone(UTC).date())
        report = self._report(database, inventory)
        late = overdue(report.coverage.ecosystems, self.feeds(), opened_at, timedelta(days=self.most_feed_days))
        report = _with_gaps(report, gaps + late)
        return msgspec.structs.replace(
            answer,
            report=self.reports.save(report),
            advisory_snapshot=database.snapshot_id,
            advisories_at=opened_at,
            summary=_summary(report),
            package_set=self.package_sets.save(depends_on(inventory)),
        )

    def _database(self) -> AdvisoryDatabase:
        from shared.advisories.lookup import SnapshotUnusable

        try:
            database = self.advisories()
        except SnapshotUnusable as error:
            # As after an upgrade that reads another format: the next refresh makes a new snapshot, and asks again.
            raise ScanFailure(
                FailureReason.NO_ADVISORIES,
                f"the advisories cannot be read ({error}); the image is scanned again once they have been refreshed",
            ) from error
        if database is None:
            raise ScanFailure(
                FailureReason.NO_ADVISORIES,
                "no advisory feed could be read yet; the image is scanned again as soon as one is",
            )
        return database

    def _report(self, database: AdvisoryDatabase, inventory: Inventory) -> Report:
        from shared.advisories.database import TooManyFindings

        try:
            return database.match(inventory, self.most_findings)
        except TooManyFindings as error:
            raise exceeded("the image", "findings", str(error)) from error


def _of_same_content(answer: ScanCompleted, last: ScanCompleted) -> ScanCompleted:
    """Take over what a scan read of the image itself, which no later scan can find otherwise."""
    return msgspec.structs.replace(answer, platform=last.platform, layers=last.layers, stated_base=last.stated_base)


def _with_gaps(report: Report, gaps: tuple[str, ...]) -> Report:
    if not gaps:
        return report
    coverage = msgspec.structs.replace(report.coverage, gaps=report.coverage.gaps + gaps)
    return msgspec.structs.replace(report, coverage=coverage)


def _summary(report: Report) -> ScanSummary:
    severities = {str(severity): 0 for severity in Severity}
    for finding in report.findings:
        severities[finding.severity] += 1
    return ScanSummary(
        severities=severities,
        undetermined=sum(finding.undetermined is not None for finding in report.findings),
        packages=report.package_count,
        gaps=_in_short(report.coverage.gaps),
    )


def _in_short(gaps: tuple[str, ...]) -> tuple[str, ...]:
    """Shorten what an image leaves open to what an event holds; the report names all of it."""
    shown = tuple(gap[:_LONGEST_GAP] for gap in gaps[:_MOST_GAPS])
    return shown if len(gaps) <= _MOST_GAPS else (*shown, f"and {len(gaps) - _MOST_GAPS} more gaps")
