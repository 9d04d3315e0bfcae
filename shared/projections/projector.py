"""The projector: folds one image's stream and writes the image's row and its charge, in every generation."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

import msgspec

from shared.advisories.versions.order import in_order
from shared.domain import image
from shared.domain.end_of_life import end_of_life_gaps
from shared.domain.events import Outcome, RecordedEvent
from shared.domain.findings import Report
from shared.domain.image import ImageState
from shared.domain.image_health import Health, health_without_report, image_health, judge, rules_for
from shared.domain.image_past import ImagePast, unassessed_from
from shared.domain.image_past_fold import Judging, Known, concerning, further_past, whole_past
from shared.domain.lineage import lineage_of
from shared.domain.references import ImageId
from shared.domain.report_retention import deleted_reports
from shared.domain.rules import Rule
from shared.domain.severity import Severity
from shared.domain.upgrades import upgrades
from shared.eventlog.failures import is_transient
from shared.eventlog.interface import EventLog
from shared.eventlog.streams import image_stream
from shared.projections import rules
from shared.projections.billing import BilledImage
from shared.projections.generations import Generation, Generations
from shared.projections.image_rows import ImageAnswer, ImageRow
from shared.projections.rules import RuleReader, RulesNow
from shared.storage.documents import DocumentMissing, DocumentStore
from shared.storage.tables import RowChanged

type LoadReport = Callable[[str], Report | None]
"""Gives a report by its name, or None for one that is no longer kept."""

_ATTEMPTS = 8
_MOST_UPGRADES = 8_000  # the worst ones; a row holds at most 1 MiB, and nobody reads on
_REVISION = "8"  # of the code below and of what it calls: a change makes every row be projected anew

ENDED = " ended"  # of an image whose release has come to its end
STALLED = "stalled"  # no revision: the next attempt folds the whole stream again
_STALLED_REASON = "its events cannot be projected: see the dead letters"


class Standing(NamedTuple):
    """What rows are held against: the generations that are fed, and the rules, as they were at a moment."""

    generations: tuple[Generation, ...]
    rules: RulesNow


@dataclass(frozen=True)
class Projector:
    """Makes what queries show; hints may be lost, doubled and reordered without changing the result."""

    log: EventLog
    generations: Generations
    rules: RuleReader
    reports: DocumentStore[Report]
    threshold: Severity
    now: Callable[[], datetime]

    @property
    def revision(self) -> str:
        """What a row depends on besides events and rules."""
        return f"{_REVISION}-{self.threshold}"

    def project(self, about: ImageId) -> bool:
        """Bring an image's rows up to date with its stream and the rules in force; say whether any was not."""
        written = [self.into(generation, about) for generation in self.generations.fed()]
        return any(written)

    def into(self, generation: Generation, about: ImageId) -> bool:
        """Bring an image's row of one generation up to date; say whether it was not."""
        for _ in range(_ATTEMPTS):
            found = generation.images.get(about)
            row, etag = found or (None, None)
            fresh = self._fresh(about, row)
            if fresh is None:
                return False
            charge = charge_of(about, fresh.state)
            # A row is written after its charge: where it has the same one, that is on the bill.
            if charge is not None and (row is None or charge_of(about, row.state) != charge):
                generation.billing.record(charge)
            try:
                generation.images.put(about, fresh, etag)
            except RowChanged:
                continue
            return True
        raise RowChanged(f"the row of {about.registry}/{about.digest} changes too often")

    def standing(self) -> Standing:
        """Return what rows can be held against for a while: a change of the rules tells its images itself."""
        return Standing(self.generations.fed(), self.rules_now())

    def current(self, about: ImageId, standing: Standing) -> ImageRow | None:
        """Return an image's row where all generations are up to date; None says that it must be projected."""
        found = [generation.images.get(about) for generation in standing.generations]
        rows = [there[0] for there in found if there is not None and there[0].revision == self.revision]
        if len(rows) < len(found) or any(self._fresh(about, row, standing.rules) is not None for row in rows):
            return None
        return rows[0]

    def stall(self, about: ImageId) -> None:
        """Show an image that cannot be projected as not assessed: what it was before may be true no longer.

        A generation without a row of it gets that of another, with its charge. Nothing can be shown of an image that
        has none in any.
        """
        found = [(generation, generation.images.get(about)) for generation in self.generations.fed()]
        known = next((there[0] for _, there in found if there is not None), None)
        for generation, there in found:
            row, etag = there or (known, None)
            if row is not None and (etag is None or row.revision != STALLED):
                # Should somebody else have just projected it, it is not stalled.
                with contextlib.suppress(RowChanged):
                    _carry_over(about, row, generation, etag, self.now())

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
            lineage=lineage_of(state, counting if unhealthy else (), on),
        )

    def rules_now(self) -> RulesNow:
        """Return the rules in force now, of all images, and all that was ever said of rules."""
        return self.rules.in_force(self.now())

    def fold(self, about: ImageId, rules_now: RulesNow) -> ImageRow | None:
        """Make an image's row from nothing but the log, its reports and the rules; None where there is no stream."""
        stream = self.log.load(image_stream(about))
        if stream.version == 0:
            return None
        return self.from_events(about, stream.events, rules_now)

    def from_events(self, about: ImageId, events: Sequence[RecordedEvent], rules_now: RulesNow) -> ImageRow:
        """Make an image's row from all events of its stream up to one of them."""
        state = image.fold(events)
        deleted = deleted_reports(events)
        judging = Judging(about, lambda name: None if name in deleted else self._find(name), self.threshold)
        past = whole_past(judging, events, concerning(about, rules_now.told))
        return self._row(about, events[-1].version, state, rules_for(about, state, rules_now.active), past)

    def _fresh(self, about: ImageId, row: ImageRow | None, rules_then: RulesNow | None = None) -> ImageRow | None:
        """Make the row anew, or give None where it is up to date or there is nothing to show."""
        usable = row if row is not None and row.revision == self.revision else None
        if usable is None:
            return self.fold(about, self.rules_now())
        stream = self.log.load(image_stream(about), after=usable.version)
        if stream.version < usable.version:  # the row is of another log than this one
            return self.fold(about, self.rules_now())
        rules_now = rules_then or self.rules_now()
        state = image.fold(stream.events, usable.state)
        active = rules_for(about, state, rules_now.active)
        past = self._further(about, usable, stream.events, rules_now)
        if past is None:
            return self.fold(about, rules_now)
        if past is usable.past and usable.rules == _conditions(state, active, self.now()):
            return None
        return self._row(about, stream.version, state, active, past)

    def _further(
        self, about: ImageId, row: ImageRow, events: Sequence[RecordedEvent], rules_now: RulesNow
    ) -> ImagePast | None:
        judging = Judging(about, self._find, self.threshold)
        return further_past(judging, Known(row.past, row.state), events, concerning(about, rules_now.told))

    def _find(self, name: str) -> Report | None:
        # Of what is lost of the past nobody can say what it was; for the present, ``answer`` raises.
        try:
            return self.reports.load(name)
        except DocumentMissing:
            return None

    def _row(
        self, about: ImageId, version: int, state: ImageState, active: tuple[Rule, ...], past: ImagePast
    ) -> ImageRow:
        now = self.now()
        return ImageRow(
            version=version,
            rules=_conditions(state, active, now),
            revision=self.revision,
            state=state,
            answer=self.answer(about, state, active, now),
            past=past,
        )


def _conditions(state: ImageState, active: tuple[Rule, ...], now: datetime) -> str:
    """Name what a row depends on besides its events: the rules, and whether the image's release has ended by now."""
    scan = state.last_scan
    ended = scan and end_of_life_gaps(scan.event.distribution, now.astimezone(UTC).date())
    return rules.fingerprint(active) + (ENDED if ended else "")


def _carry_over(about: ImageId, row: ImageRow, generation: Generation, etag: str | None, at: datetime) -> None:
    health = msgspec.structs.replace(row.answer.health, health=Health.NOT_ASSESSED, reason=_STALLED_REASON)
    answer = msgspec.structs.replace(row.answer, health=health, upgrades=())
    if charge := charge_of(about, row.state):
        generation.billing.record(charge)
    past = unassessed_from(row.past, at)
    stalled = msgspec.structs.replace(row, revision=STALLED, answer=answer, past=past)
    try:
        generation.images.put(about, stalled, etag)
    except Exception as error:
        if is_transient(error):
            raise
        # Its row was as large as storage takes: what it is now counts more than what it was.
        newest = ImagePast(since=at, untold=len(past.clocks), standings=past.standings[-1:])
        generation.images.put(about, msgspec.structs.replace(stalled, past=newest), etag)


def charge_of(about: ImageId, state: ImageState) -> BilledImage | None:
    """Give the bill's entry for an image, None for one that was not charged."""
    if state.charge is None:
        return None
    charge = state.charge
    return BilledImage(about.registry, charge.repository, about.digest, charge.at, charge.event_id)
