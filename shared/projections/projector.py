"""The projector: folds one image's stream and writes the image's row and its charge."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from shared.advisories.versions.order import in_order
from shared.domain import image
from shared.domain.end_of_life import end_of_life_gaps
from shared.domain.events import Outcome
from shared.domain.findings import Report
from shared.domain.image import ImageState
from shared.domain.image_health import Health, health_without_report, image_health, judge, rules_for
from shared.domain.references import ImageId
from shared.domain.rules import Rule
from shared.domain.severity import Severity
from shared.domain.upgrades import upgrades
from shared.eventlog.interface import EventLog
from shared.eventlog.streams import image_stream
from shared.projections import rules
from shared.projections.billing import BilledImage, BillingTable
from shared.projections.image_rows import ImageAnswer, ImageRow, ImageTable
from shared.projections.rules import RuleReader
from shared.storage.documents import DocumentStore
from shared.storage.tables import RowChanged

type LoadReport = Callable[[str], Report | None]
"""Gives a report by its name, or None for one that is no longer kept."""

_ATTEMPTS = 8
_MOST_UPGRADES = 8_000  # the worst ones; a row holds at most 1 MiB, and nobody reads on
_REVISION = "4"  # of the code below and of what it calls: a change makes every row be projected anew


@dataclass(frozen=True)
class Projector:
    """Makes what queries show; hints may be lost, doubled and reordered without changing the result."""

    log: EventLog
    images: ImageTable
    billing: BillingTable
    rules: RuleReader
    reports: DocumentStore[Report]
    threshold: Severity
    now: Callable[[], datetime]

    @property
    def revision(self) -> str:
        """What a row depends on besides events and rules."""
        return f"{_REVISION}-{self.threshold}"

    def project(self, about: ImageId) -> bool:
        """Bring an image's row up to date with its stream and the rules in force; say whether it was not."""
        for _ in range(_ATTEMPTS):
            found = self.images.get(about)
            row, etag = found or (None, None)
            fresh = self._fresh(about, row)
            if fresh is None:
                return False
            self._charge(about, fresh.state)
            try:
                self.images.put(about, fresh, etag)
            except RowChanged:
                continue
            return True
        raise RowChanged(f"the row of {about.registry}/{about.digest} changes too often")

    def answer(
        self,
        about: ImageId,
        state: ImageState,
        active: tuple[Rule, ...],
        at: datetime,
        load: LoadReport | None = None,
    ) -> ImageAnswer:
        """Put together what is shown at a time of an image in a state, under the rules that hold for it."""
        scan = state.last_scan
        name = scan.event.report if scan else ""
        report = (load or self.reports.load)(name) if name else None
        judged = judge(report, active)
        on = at.astimezone(UTC).date()
        health = image_health(about, state, judged, self.threshold, on)
        if name and report is None:
            health = health_without_report(about, state, on)
        unhealthy = health.health is Health.UNHEALTHY
        still_open = [one.finding for one in judged if one.disabled_by is None]
        counting = [finding for finding in still_open if finding.severity.at_least(self.threshold)]
        artifact = scan is not None and scan.event.outcome is Outcome.ARTIFACT
        return ImageAnswer(
            health=health,
            upgrades=upgrades(counting, in_order)[:_MOST_UPGRADES] if unhealthy else (),
            listed=not state.deleted and not artifact,
        )

    def _fresh(self, about: ImageId, row: ImageRow | None) -> ImageRow | None:
        """Make the row anew, or give None where it is up to date or there is nothing to show."""
        usable = row if row is not None and row.revision == self.revision else None
        stream = self.log.load(image_stream(about), after=usable.version if usable else 0)
        if stream.version == 0:
            return None
        state = image.fold(stream.events, usable.state if usable else None)
        now = self.now()
        active = rules_for(about, state, self.rules.book().active(now))
        under = rules.fingerprint(active) + _release_ended(state, now)
        if usable and usable.version == stream.version and usable.rules == under:
            return None
        return ImageRow(
            version=stream.version,
            rules=under,
            revision=self.revision,
            state=state,
            answer=self.answer(about, state, active, now),
        )

    def _charge(self, about: ImageId, state: ImageState) -> None:
        if state.charge is None:
            return
        charge = state.charge
        self.billing.record(BilledImage(about.registry, charge.repository, about.digest, charge.at, charge.event_id))


def _release_ended(state: ImageState, now: datetime) -> str:
    """Mark what is shown of an image whose release is past its end of life, which comes without an event."""
    scan = state.last_scan
    return " ended" if scan and end_of_life_gaps(scan.event.distribution, now.astimezone(UTC).date()) else ""
