"""Delete the reports of old scans, once it is on record that they are gone. Events are never deleted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

import msgspec

from shared.domain.findings import Report
from shared.domain.report_retention import delete_reports, named_reports, needed_reports
from shared.domain.stored_names import IMAGE_STREAM
from shared.eventlog.interface import EventLog, StreamName
from shared.eventlog.streams import image_of
from shared.eventlog.transact import Transactor
from shared.projections.rules import RuleReader
from shared.services.commands import Clock, command
from shared.services.progress import Progress, silent
from shared.storage.documents import DocumentStore

# A scan saves its report before it appends the event that names it, and may take half an hour in between.
_UNNAMED_YET = timedelta(days=1)


class DeletedReports(msgspec.Struct, frozen=True):
    """How many images have lost a report, and how many reports were deleted."""

    images: int = 0
    reports: int = 0


@dataclass(frozen=True)
class DeleteOldReports:
    """Keeps what ``needed_reports`` names of any image: equal reports of several images are one document.

    ``keep_days`` 0 keeps all of them for ever.
    """

    log: EventLog
    transactor: Transactor
    rules: RuleReader
    reports: DocumentStore[Report]
    keep_days: int
    now: Clock

    def __call__(self, progress: Progress = silent) -> DeletedReports:
        """Walk all images once."""
        if not self.keep_days:
            return DeletedReports()
        started = self.now()
        cutoff = started - timedelta(days=self.keep_days)
        names = list(self.log.streams(IMAGE_STREAM))
        old, needed = self._sort(names, cutoff, progress)
        unneeded = set().union(*old.values()) - needed
        recorded = [self._record(name, reports & unneeded, cutoff) for name, reports in old.items()]
        there = [name for name in self.reports.names() if name in unneeded]
        gone = [name for name in there if self.reports.delete_older(name, started - _UNNAMED_YET)]
        return DeletedReports(sum(recorded), len(gone))

    def _sort(
        self, names: list[StreamName], cutoff: datetime, progress: Progress
    ) -> tuple[dict[StreamName, set[str]], set[str]]:
        """Return the reports that each image no longer needs, and all that some image needs."""
        old: dict[StreamName, set[str]] = {}
        needed: set[str] = set()
        active = self.rules.book().active(self.now())
        for done, name in enumerate(names, start=1):
            events = self.log.load(name).events
            needed_here = needed_reports(image_of(name), events, active, cutoff)
            needed |= needed_here
            if unneeded := named_reports(events) - needed_here:
                old[name] = unneeded
            progress(done, len(names))
        return old, needed

    def _record(self, name: StreamName, reports: set[str], cutoff: datetime) -> bool:
        """Append what is about to be deleted, unless it was before; look again at what the image needs by now."""
        if not reports:
            return False
        active = self.rules.book().active(self.now())
        content = sorted(reports)
        told = command(
            f"retention-{uuid5(NAMESPACE_URL, f'{cutoff.isoformat()} {content}')}",
            content,
            at=self.now(),
            actor="timer",
            cause="retention",
        )
        appended = self.transactor.run(
            name,
            tuple,
            told,
            lambda events: delete_reports(
                events, reports, needed_reports(image_of(name), events, active, cutoff), self.keep_days
            ),
        )
        return bool(appended.events)
