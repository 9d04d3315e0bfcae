"""Folding the past of an image: from all of its events, or on from where it was folded before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from shared.domain import image, rule_book
from shared.domain.end_of_life import end_of_life
from shared.domain.events import (
    DomainEvent,
    FindingDisabled,
    FindingEnabled,
    ImagePulled,
    ImageUntagged,
    Outcome,
    RecordedEvent,
    ReportsDeleted,
    ScanCompleted,
    ScoresAdopted,
    SignalsAdopted,
)
from shared.domain.finding_clocks import FindingClocks
from shared.domain.findings import Report, names_in
from shared.domain.image import ImageState
from shared.domain.image_health import (
    JudgedFinding,
    gaps_on,
    health_without_report,
    image_health,
    judge,
    rules_for,
)
from shared.domain.image_past import Departure, ImagePast, Standing
from shared.domain.references import ImageId
from shared.domain.rules import Rule, judge_alike
from shared.domain.severity import Severity

MOST_STANDINGS = 2_000  # about 55 kB of a row

type Reports = Callable[[str], Report | None]
"""Gives a report by its name, or None for one that is no longer kept."""


class Judging(NamedTuple):
    """What an image is judged by: its name, its reports, and the severity from which on findings count."""

    about: ImageId
    reports: Reports
    threshold: Severity


class Known(NamedTuple):
    """How far an image was folded: its past, and its state."""

    past: ImagePast
    state: ImageState


def concerning(about: ImageId, rules: Sequence[RecordedEvent]) -> list[RecordedEvent]:
    """Choose the events of all rules that ever had an image in their scope, whatever its repositories and tags.

    Of what rules go by, those are chosen that any of these rules ever asked for.
    """
    made = [
        one.event
        for one in rules
        if isinstance(one.event, FindingDisabled)
        and one.event.scope.registry in (None, about.registry)
        and one.event.scope.digest in (None, about.digest)
    ]
    ids, limits = {one.rule_id for one in made}, {one.criteria.epss_below for one in made}
    signals = any(one.criteria.not_exploited for one in made)
    return [one for one in rules if _is_about(one.event, ids, limits, signals=signals)]


def _is_about(event: DomainEvent, ids: set[str], limits: set[float | None], *, signals: bool) -> bool:
    if isinstance(event, SignalsAdopted):
        return signals
    if isinstance(event, ScoresAdopted):
        return event.below in limits
    return isinstance(event, FindingDisabled | FindingEnabled) and event.rule_id in ids


def whole_past(judging: Judging, events: Sequence[RecordedEvent], rules: Sequence[RecordedEvent]) -> ImagePast:
    """Fold the past of an image from all events of its stream and those of the rules that concern it."""
    return _Fold(judging, Known(ImagePast(), ImageState()), rules, None).run(events)


def further_past(
    judging: Judging, known: Known, events: Sequence[RecordedEvent], rules: Sequence[RecordedEvent]
) -> ImagePast | None:
    """Fold what came since, or return None where that changes what was before: it must then be folded as a whole."""
    past = known.past
    fresh = [one for one in rules if one.version > past.rules]
    if not events and not fresh:
        return past
    begin = min(one.meta.recorded_at for one in (*events, *fresh))
    # What happened at one time is looked at once, when all of it has happened.
    if past.until is None or begin <= past.until or _forgets(past, events):
        return None
    return _Fold(judging, known, rules, begin).run(events)


def _forgets(past: ImagePast, events: Sequence[RecordedEvent]) -> bool:
    """Say whether a report went away, or may have come back, on which something before rests."""
    return any(
        isinstance(one.event, ReportsDeleted) or (past.gone and isinstance(one.event, ScanCompleted)) for one in events
    )


class _Judged(NamedTuple):
    """A report, judged by rules; ``names`` are those of its flaws."""

    key: tuple[str, tuple[Rule, ...]]
    report: Report | None
    findings: tuple[JudgedFinding, ...]
    names: frozenset[str]

    def holds_for(self, name: str, rules: tuple[Rule, ...]) -> bool:
        """Say whether it is judged the same by other rules: catalogs change often, and seldom by flaws of a report."""
        return self.key[0] == name and judge_alike(self.key[1], rules, self.names)


class _Fold:
    """The past of an image while it is folded; what was said at the time of the beginning or later is said anew."""

    def __init__(self, judging: Judging, known: Known, rules: Sequence[RecordedEvent], begin: datetime | None) -> None:
        past = known.past
        self.judging, self.state, self.begin, self.rules = judging, known.state, begin, rules
        self.book = rule_book.fold(one for one in rules if begin is not None and one.meta.recorded_at < begin)
        self.standings = [one for one in past.standings if begin is not None and one.at < begin]
        self.clocks = FindingClocks(past.clocks, begin)
        self.departures = list(past.departures)
        self.since, self.answered, self.untold = past.since, past.answered, past.untold
        self.until, self.gone, self.missed = past.until, past.gone, False
        self._judged: _Judged | None = None
        self._ticked: _Judged | None = None

    def run(self, events: Sequence[RecordedEvent]) -> ImagePast:
        """Fold events, and return the past with them."""
        for at, happened in self._moments(events):
            for recorded in happened:
                self._take(recorded)
            self._observe(at)
        return ImagePast(
            rules=self.rules[-1].version if self.rules else 0,
            until=events[-1].meta.recorded_at if events else self.until,
            since=self.since,
            answered=self.answered,
            gone=self.gone,
            untold=self.untold,
            standings=tuple(self.standings),
            clocks=tuple(self.clocks.clocks),
            departures=tuple(self.departures),
        )

    def _moments(self, events: Sequence[RecordedEvent]) -> list[tuple[datetime, list[RecordedEvent]]]:
        found: defaultdict[datetime, list[RecordedEvent]] = defaultdict(list)
        for one in (*self.rules, *events):
            if self._due(one.meta.recorded_at):
                found[one.meta.recorded_at].append(one)
        for at in (*self._expiries(), *self._ends_of_life(events)):
            if self._due(at):
                found[at] += ()
        return sorted(found.items(), key=lambda moment: moment[0])

    def _due(self, at: datetime) -> bool:
        return self.begin is None or at >= self.begin

    def _expiries(self) -> Iterator[datetime]:
        for one in self.rules:
            if isinstance(one.event, FindingDisabled) and one.event.expires:
                yield one.event.expires

    def _ends_of_life(self, events: Sequence[RecordedEvent]) -> Iterator[datetime]:
        scans = [(one.event, one.meta.recorded_at) for one in events if isinstance(one.event, ScanCompleted)]
        if self.state.last_scan:
            scans.append((self.state.last_scan.event, self.state.last_scan.at))
        for scan, at in scans:
            ended = end_of_life(scan.distribution) if scan.distribution else None
            if ended and ended > at:
                yield ended

    def _take(self, recorded: RecordedEvent) -> None:
        event = recorded.event
        if isinstance(event, FindingDisabled | FindingEnabled | SignalsAdopted | ScoresAdopted):
            self.book = rule_book.evolve(self.book, recorded)
            return
        tagged = _tagged(self.state)
        self.state = image.evolve(self.state, recorded)
        if isinstance(event, ImagePulled):
            self.clocks.pull(recorded)
        if isinstance(event, ReportsDeleted):
            self.gone = True
        self._follow_tags(recorded, left=tagged and not _tagged(self.state))

    def _follow_tags(self, recorded: RecordedEvent, *, left: bool) -> None:
        event, meta = recorded.event, recorded.meta
        last = self.departures[-1] if self.departures and self.departures[-1].until is None else None
        used = isinstance(event, ImagePulled) and last is not None and meta.occurred_at > last.moved
        if last is not None and (used or _tagged(self.state)):
            # One that ended when it began never was: clocks that differ give several events the same time.
            ended = Departure(last.at, last.moved, last.successor, meta.recorded_at)
            self.departures[-1:] = [ended] if meta.recorded_at > last.at else []
        if left and isinstance(event, ImageUntagged) and event.moved_to:
            self.departures.append(Departure(meta.recorded_at, meta.occurred_at, event.moved_to))

    def _observe(self, at: datetime) -> None:
        about, _, threshold = self.judging
        scan = self.state.last_scan.event if self.state.last_scan else None
        before = self._judged
        key = scan.report if scan else "", rules_for(about, self.state, self.book.active(at))
        if before is None or not before.holds_for(*key):
            report, names = self._read(key[0])
            self._judged = _Judged(key, report, judge(report, key[1]), names)
        assert self._judged is not None
        (name, _), report, judged, _ = self._judged
        on = at.astimezone(UTC).date()
        if name and report is None:
            shown = health_without_report(about, self.state, on)
        else:
            shown = image_health(about, self.state, judged, threshold, on, with_tags=False)
        listed = not self.state.deleted and not (scan and scan.outcome is Outcome.ARTIFACT)
        counts = tuple(shown.severities[severity] for severity in Severity)
        known = Standing(at, shown.health, counts, shown.disabled_findings, shown.repositories)
        self._stand(known if listed and self.state.version else Standing(at))
        self._tick(at, name, report, judged)

    def _read(self, name: str) -> tuple[Report | None, frozenset[str]]:
        """Give a report and the names of its flaws; rules change more often than reports do."""
        if self._judged is not None and self._judged.key[0] == name:
            return self._judged.report, self._judged.names
        report = self.judging.reports(name) if name else None
        return report, names_in(report.findings) if report else frozenset()

    def _stand(self, now: Standing) -> None:
        last = self.standings[-1] if self.standings else Standing(now.at)
        if (now.health, now.findings, now.disabled, now.repositories) == (
            last.health,
            last.findings,
            last.disabled,
            last.repositories,
        ):
            return
        self.standings.append(now)
        if len(self.standings) > MOST_STANDINGS:
            self.standings = self.standings[-MOST_STANDINGS:]
            self.since = self.standings[0].at

    def _tick(self, at: datetime, name: str, report: Report | None, judged: Sequence[JudgedFinding]) -> None:
        if self.state.deleted:
            self.clocks.delete(at)
            self._ticked = None
        elif self._ticked is self._judged:
            return  # the same report under the same rules
        elif report is not None:
            self._ticked = self._judged
            self.answered = self.answered or self._answer(at)
            precise = not self.missed and not self.untold
            self.untold = self.clocks.report(at, judged, precise=precise)
            self.missed = False
        elif name:
            self.missed = True

    def _answer(self, at: datetime) -> datetime | None:
        """Give the time of an answer; what could not all be read or looked up is none: flaws may be missing in it."""
        scan = self.state.last_scan
        return at if scan and not gaps_on(scan.event, at.astimezone(UTC).date()) else None


def _tagged(state: ImageState) -> bool:
    return any(use.tagged for use in state.repositories.values())
