"""Read what the last scan of an image found, whole: what exports are made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from shared.domain import image
from shared.domain.events import Outcome
from shared.domain.exploits import ExploitSignals, NoSignals
from shared.domain.findings import Report
from shared.domain.image import EndedScan, ImageState
from shared.domain.image_health import JudgedFinding, judge, rules_for
from shared.domain.packages import Inventory
from shared.domain.references import ImageId
from shared.domain.rules import Rule
from shared.eventlog.interface import EventLog
from shared.eventlog.streams import image_stream
from shared.projections.plan import PlanReader
from shared.projections.rules import RuleReader
from shared.services.commands import Clock
from shared.services.kept_reports import KeptReports
from shared.services.query_images import ImageNotFound
from shared.storage.documents import DocumentStore


class NotScanned(LookupError):
    """No scan of an image has ended with packages and findings, so that there is nothing to export."""


@dataclass(frozen=True)
class ScanResult:
    """The last scan of an image that stands, what it found, and the rules that disable some of it, by id.

    All of it follows from the log, but for the exploit signals: under equal ones, equal results give equal exports.
    ``caveat`` is what has to be known of it: that the plan is off.
    """

    image: ImageId
    repository: str
    scan: EndedScan
    inventory: Inventory
    report: Report
    judged: tuple[JudgedFinding, ...]
    rules: Mapping[str, Rule]
    signals: ExploitSignals = field(default_factory=NoSignals)
    caveat: str = ""


@dataclass(frozen=True)
class QueryScanResult:
    """Reads reports and inventories, from the log itself: a scan that has just ended is there."""

    log: EventLog
    rules: RuleReader
    reports: DocumentStore[Report]
    inventories: DocumentStore[Inventory]
    now: Clock
    signals: Callable[[datetime | None], ExploitSignals]
    plan: PlanReader

    def __call__(self, about: ImageId, at: datetime | None) -> ScanResult:
        """Return the result of the last scan, as of a time; raise ImageNotFound, NotScanned or ReportNotKept."""
        events = self.log.load(image_stream(about)).events
        state = image.fold([one for one in events if at is None or one.meta.recorded_at <= at])
        scan = _ended(about, state)
        book = self.rules.book_as_of(at) if at else self.rules.book()
        active = rules_for(about, state, book.active(at or self.now()))
        report = KeptReports(self.reports, events).load(scan.event.report)
        return ScanResult(
            image=about,
            repository=state.present_repositories[0],
            scan=scan,
            inventory=self.inventories.load(scan.event.inventory),
            report=report,
            judged=judge(report, active),
            rules={rule.id: rule for rule in active},
            signals=self.signals(at),
            caveat=self.plan(at).notice,
        )


def _ended(about: ImageId, state: ImageState) -> EndedScan:
    """Return the scan to tell of."""
    name = f"{about.digest} of {about.registry}"
    scan = state.last_scan
    if not state.present_repositories or (scan is not None and scan.event.outcome is Outcome.ARTIFACT):
        raise ImageNotFound(f"no image {name} is known, or it was deleted; its history remains")
    if scan is None:
        raise NotScanned(f"no scan of {name} has ended with an answer yet: GET the image for the reason")
    if scan.event.outcome is not Outcome.ASSESSED:
        raise NotScanned(f"{name} is unsupported: {scan.event.reason}")
    return scan
