"""Read the history of an image: every event, and what changed its health and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.domain.events import RecordedEvent
from shared.domain.findings import Report
from shared.domain.health_history import HistoryEntry, Told, history
from shared.domain.references import ImageId
from shared.domain.severity import Severity
from shared.eventlog.interface import EventLog, StreamName
from shared.eventlog.streams import image_stream
from shared.services.commands import Clock
from shared.services.kept_reports import KeptReports
from shared.services.query_images import ImageNotFound
from shared.storage.documents import DocumentStore


@dataclass(frozen=True)
class QueryHistory:
    """Explains the health of an image from its stream, the rules and the reports."""

    log: EventLog
    rules: StreamName
    reports: DocumentStore[Report]
    threshold: Severity
    now: Clock

    def __call__(self, about: ImageId, at: datetime | None) -> list[HistoryEntry]:
        """Return the history as of a time, newest first; raise ImageNotFound for an image nobody has heard of."""
        until = at or self.now()
        everything = self.log.load(image_stream(about)).events
        events = _until(everything, at)
        if not events:
            raise ImageNotFound(f"no image {about.digest} of {about.registry} is known")
        told = Told(about, events, _until(self.log.load(self.rules).events, at), until)
        return list(history(told, KeptReports(self.reports, everything).get, self.threshold))[::-1]


def _until(events: Sequence[RecordedEvent], at: datetime | None) -> list[RecordedEvent]:
    return [one for one in events if at is None or one.meta.recorded_at <= at]
