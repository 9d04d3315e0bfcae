"""Reports as queries about the past need them: one that retention has deleted is told from one that is lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shared.domain.events import RecordedEvent
from shared.domain.findings import Report
from shared.domain.report_retention import deleted_reports
from shared.storage.documents import DocumentMissing, DocumentStore


class ReportNotKept(LookupError):
    """The report of a scan was deleted because it had become old; the event of the scan remains."""


@dataclass(frozen=True)
class KeptReports:
    """Loads reports of one image, whose whole stream says which were deleted."""

    reports: DocumentStore[Report]
    events: Sequence[RecordedEvent]

    def load(self, name: str) -> Report:
        """Return a report; raise ReportNotKept for one that was deleted, and DocumentMissing for one that is lost."""
        try:
            return self.reports.load(name)
        except DocumentMissing as error:
            if name not in deleted_reports(self.events):
                raise
            raise ReportNotKept(f"report {name} is no longer kept") from error

    def get(self, name: str) -> Report | None:
        """Return a report, or None for one that was deleted; raise DocumentMissing for one that is lost."""
        try:
            return self.load(name)
        except ReportNotKept:
            return None
