"""The history of an image's health: every event of its stream, and every rule that touched it, with what they changed.

It follows from the two streams and the reports alone: whoever asks again gets the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import msgspec

from shared.domain import image, rule_book
from shared.domain.end_of_life import end_of_life, end_of_life_gaps
from shared.domain.events import FindingDisabled, FindingEnabled, Outcome, RecordedEvent, ScanCompleted
from shared.domain.findings import AffectedPackage, FixStatus, Rating, Report, names_in
from shared.domain.health_causes import Cause, CauseKind, ReleaseEnded, RuleExpired, causes, rules_came_or_went
from shared.domain.image import ImageState
from shared.domain.image_health import (
    Health,
    ImageHealth,
    JudgedFinding,
    health_without_report,
    image_health,
    judge,
    rules_for,
)
from shared.domain.references import ImageId
from shared.domain.rule_book import RuleBook
from shared.domain.rules import Rule, judge_alike
from shared.domain.severity import Severity

MOST_FINDINGS = 20  # of one entry; all are counted
_TICK = timedelta(microseconds=1)

type Reports = Callable[[str], Report | None]
"""Gives a report by its name, or None for one that is no longer kept."""


class FindingRecord(msgspec.Struct, frozen=True, rename="camel"):
    """What an advisory said of a package in one scan, and the rule that took it out of health."""

    advisory: str
    severity: Severity
    ratings: tuple[Rating, ...]
    cvss: float | None
    published: str | None
    fixed_version: str | None
    fix_status: FixStatus
    undetermined: str | None
    disabled_by: str | None


class FindingChange(msgspec.Struct, frozen=True, rename="camel"):
    """A finding that came (``before`` None), went (``after`` None) or is another now."""

    id: str
    cve: str | None
    package: AffectedPackage
    before: FindingRecord | None
    after: FindingRecord | None


class HealthChange(msgspec.Struct, frozen=True, rename={"was": "from", "finding_count": "findingCount"}):
    """A change of what is shown of an image; health is None before its first event, and once it was deleted.

    Of the findings that changed, the worst are listed and all are counted.
    """

    was: Health | None
    to: Health | None
    reason: str
    because: tuple[Cause, ...]
    findings: tuple[FindingChange, ...]
    finding_count: int


class HistoryEntry(msgspec.Struct, frozen=True):
    """An event, the kind of its stream, and the change of health that it made, if any."""

    stream: str
    recorded: RecordedEvent
    health: HealthChange | None


class Told(NamedTuple):
    """All that the history of an image is told from, up to a time."""

    about: ImageId
    events: Sequence[RecordedEvent]
    rules: Sequence[RecordedEvent]
    until: datetime


class _Judging(NamedTuple):
    """What findings are judged by, whatever the time: the reports, and the severity from which on they count."""

    reports: Reports
    threshold: Severity


class Moment(NamedTuple):
    """A time at which something happened, in the order of what happened then."""

    time: datetime
    order: int  # what comes from outside first: whatever happens to the image at the same time is judged by it
    version: int
    recorded: RecordedEvent

    @property
    def about_rules(self) -> bool:
        """Say whether it happened to the rules."""
        return self.order == 0 and not isinstance(self.recorded.event, ReleaseEnded)


class Standing(NamedTuple):
    """What is shown of an image after a moment, and what that follows from; ``kept`` is false without the report.

    ``names`` are those of the flaws in the report.
    """

    state: ImageState
    rules: tuple[Rule, ...]
    judged: tuple[JudgedFinding, ...]
    kept: bool
    found: ImageHealth | None
    report: Report | None = None
    names: frozenset[str] = frozenset()

    @property
    def listed(self) -> bool:
        """Say whether the image is shown at all."""
        artifact = self.scan is not None and self.scan.outcome is Outcome.ARTIFACT
        return self.state.version > 0 and not self.state.deleted and not artifact

    @property
    def health(self) -> Health | None:
        """The health that is shown, None where the image is not."""
        return self.found.health if self.found and self.listed else None

    @property
    def reason(self) -> str:
        """The reason that is shown."""
        return self.found.reason if self.found and self.listed else ""

    @property
    def scan(self) -> ScanCompleted | None:
        """The scan that it rests on."""
        return self.state.last_scan.event if self.state.last_scan else None


_NOTHING = Standing(ImageState(), (), (), True, None)


def history(told: Told, reports: Reports, threshold: Severity) -> Iterator[HistoryEntry]:
    """Yield the entries of an image's history, oldest first; of the rules only what changed this image."""
    before = _NOTHING
    for moment, after in standings(told, reports, threshold):
        change = _change(moment.recorded, before, after)
        if change is not None or moment.order:
            yield HistoryEntry("rules" if moment.about_rules else "image", moment.recorded, change)
        before = after


def standings(told: Told, reports: Reports, threshold: Severity) -> Iterator[tuple[Moment, Standing]]:
    """Yield every moment at which an image may have become another, oldest first, and how it then stood."""
    state, book, standing = ImageState(), RuleBook(), _NOTHING
    for moment in _moments(told):
        if moment.about_rules:
            book = rule_book.evolve(book, moment.recorded)
        elif moment.order:
            state = image.evolve(state, moment.recorded)
        judging = _Judging(reports, threshold)
        standing = _stand(told.about, state, book.active(moment.time), moment.time, judging, standing)
        yield moment, standing


def _moments(told: Told) -> list[Moment]:
    found = [Moment(one.meta.recorded_at, 1, one.version, one) for one in told.events]
    found += [Moment(one.meta.recorded_at, 0, one.version, one) for one in told.rules]
    found += _expiries(told)
    found += _ends_of_life(told)
    return sorted(found, key=lambda moment: moment[:3])


def _expiries(told: Told) -> Iterator[Moment]:
    """Yield the ends that rules came to by themselves, unless they were changed or taken back before."""
    standing: dict[str, RecordedEvent] = {}
    for made in told.rules:
        if isinstance(made.event, FindingDisabled | FindingEnabled):
            yield from _expired(standing.get(made.event.rule_id), made.meta.recorded_at - _TICK)
            standing[made.event.rule_id] = made
    for made in standing.values():
        yield from _expired(made, told.until)


def _expired(made: RecordedEvent | None, until: datetime) -> Iterator[Moment]:
    event = made.event if made else None
    if made is None or not isinstance(event, FindingDisabled) or event.expires is None or event.expires > until:
        return
    meta = msgspec.structs.replace(made.meta, occurred_at=event.expires, recorded_at=event.expires)
    expired = RecordedEvent(made.version, RuleExpired(event.rule_id, event.expires), meta)
    yield Moment(event.expires, 0, made.version, expired)


def _ends_of_life(told: Told) -> Iterator[Moment]:
    seen = set()
    for one in told.events:
        distribution = one.event.distribution if isinstance(one.event, ScanCompleted) else None
        ended = end_of_life(distribution) if distribution and distribution not in seen else None
        seen.add(distribution)
        # A scan that came later has said so itself.
        if ended and one.meta.recorded_at < ended <= told.until:
            (gap,) = end_of_life_gaps(distribution, ended.date())
            meta = msgspec.structs.replace(one.meta, occurred_at=ended, recorded_at=ended)
            yield Moment(ended, 0, one.version, RecordedEvent(one.version, ReleaseEnded(gap), meta))


def _stand(
    about: ImageId, state: ImageState, active: Sequence[Rule], at: datetime, judging: _Judging, before: Standing
) -> Standing:
    rules = rules_for(about, state, active)
    scan = state.last_scan.event if state.last_scan else None
    report, names, judged, kept = before.report, before.names, before.judged, before.kept
    if scan is not before.scan:
        report = judging.reports(scan.report) if scan and scan.report else None
        names = names_in(report.findings) if report else frozenset()
        kept = report is not None or scan is None or not scan.report
    if scan is not before.scan or not judge_alike(rules, before.rules, names):
        judged = judge(report, rules)
    on = at.astimezone(UTC).date()
    if kept:
        found = image_health(about, state, judged, judging.threshold, on)
    else:
        found = health_without_report(about, state, on)
    return Standing(state, rules, judged, kept, found, report, names)


def _change(recorded: RecordedEvent, before: Standing, after: Standing) -> HealthChange | None:
    findings = sorted(_finding_changes(before, after), key=_worst_first)
    if (before.health, before.reason) == (after.health, after.reason) and not findings:
        return None
    because = [*causes(recorded.event, before.scan, after.scan)]
    if after.state is not before.state:  # what happened to the image, not to the rules
        because += rules_came_or_went(before.rules, after.rules)
    if not (before.kept and after.kept):
        because.append(Cause(CauseKind.REPORT_NOT_KEPT, "a report is no longer kept: findings cannot be compared"))
    shown = tuple(findings[:MOST_FINDINGS])
    return HealthChange(before.health, after.health, after.reason, tuple(because), shown, len(findings))


def _finding_changes(before: Standing, after: Standing) -> Iterator[FindingChange]:
    if before.judged is after.judged or not (before.kept and after.kept):
        return
    earlier, later = _by_id(before.judged), _by_id(after.judged)
    for key in earlier.keys() | later.keys():
        old, new = earlier.get(key), later.get(key)
        was, now = _record(old), _record(new)
        shown = new or old
        if shown is not None and was != now:
            yield FindingChange(shown.finding.id, shown.finding.cve, shown.finding.package, was, now)


def _by_id(judged: Iterable[JudgedFinding]) -> Mapping[str, JudgedFinding]:
    return {one.finding.id: one for one in judged}


def _record(judged: JudgedFinding | None) -> FindingRecord | None:
    if judged is None:
        return None
    found = judged.finding
    return FindingRecord(
        advisory=found.advisory,
        severity=found.severity,
        ratings=found.ratings,
        cvss=found.cvss,
        published=found.published,
        fixed_version=found.fixed_version,
        fix_status=found.fix_status,
        undetermined=found.undetermined,
        disabled_by=judged.disabled_by,
    )


def _worst_first(change: FindingChange) -> tuple[int, str, str]:
    ranks: Iterable[int] = (one.severity.rank for one in (change.before, change.after) if one)
    return min(ranks), change.cve or "", change.id
