"""Why the health of an image changed: from what happened, and from the scan and the rules before and after it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from functools import singledispatch

import msgspec

from shared.domain.cve_sets import read_runs
from shared.domain.end_of_life import end_of_life_gaps
from shared.domain.events import (
    DomainEvent,
    FindingDisabled,
    FindingEnabled,
    ImageDeleted,
    ImagePulled,
    ImageTagged,
    Outcome,
    ScanCompleted,
    ScanFailed,
    ScanRequested,
    ScoresAdopted,
    SignalsAdopted,
)
from shared.domain.rules import Rule


class CauseKind(StrEnum):
    """What kind of thing changed the health of an image."""

    PUSH = "push"
    PULL = "pull"
    DELETION = "deletion"
    SCAN_REQUESTED = "scan-requested"
    SCAN_FAILED = "scan-failed"
    FIRST_ANSWER = "first-answer"
    SCANNED_AGAIN = "scanned-again"
    UNSUPPORTED = "unsupported"
    ADVISORIES = "advisories"
    READER_VERSION = "reader-version"
    PACKAGES = "packages"
    END_OF_LIFE = "end-of-life"
    COVERAGE = "coverage"
    RULE_MADE = "rule-made"
    RULE_CHANGED = "rule-changed"
    RULE_WITHDRAWN = "rule-withdrawn"
    RULE_EXPIRED = "rule-expired"
    RULE_SCOPE = "rule-scope"
    SIGNALS = "signals"
    REPORT_NOT_KEPT = "report-not-kept"


class Cause(msgspec.Struct, frozen=True):
    """One reason, in a word for programs and a sentence for people."""

    kind: CauseKind
    what: str


class RuleExpired(DomainEvent, frozen=True, rename="camel"):
    """A rule came to its end. No event of the log: it follows from the one that made the rule."""

    rule_id: str
    expired: datetime


class ReleaseEnded(DomainEvent, frozen=True, rename="camel"):
    """The release of an image came to its end of life. No event of the log: it follows from the last day of support."""

    gap: str


def causes(event: DomainEvent, before: ScanCompleted | None, after: ScanCompleted | None) -> Iterator[Cause]:
    """Say why an event changed the health, with the scans that stood before and after it."""
    if isinstance(event, ScanCompleted):
        if after is event:
            yield from _answered(before, event)
        return
    yield from _happened(event)


def rules_came_or_went(before: Sequence[Rule], after: Sequence[Rule]) -> Iterator[Cause]:
    """Tell the rules that an image came to lie in the scope of, or does not any more."""
    old, new = {rule.id for rule in before}, {rule.id for rule in after}
    for rule_id in sorted(new - old):
        yield Cause(CauseKind.RULE_SCOPE, f"the image now lies in the scope of rule {rule_id}")
    for rule_id in sorted(old - new):
        yield Cause(CauseKind.RULE_SCOPE, f"the image no longer lies in the scope of rule {rule_id}")


@singledispatch
def _happened(event: DomainEvent) -> Iterator[Cause]:
    yield from ()


@_happened.register
def _(event: ImageTagged) -> Iterator[Cause]:
    name = f"{event.repository}:{event.tag}" if event.tag else event.repository
    yield Cause(CauseKind.PUSH, f"the image was pushed to {name}")


@_happened.register
def _(event: ImagePulled) -> Iterator[Cause]:
    yield Cause(CauseKind.PULL, f"the image was pulled from {event.repository}")


@_happened.register
def _(event: ImageDeleted) -> Iterator[Cause]:
    yield Cause(CauseKind.DELETION, f"the image was deleted from {event.repository}")


@_happened.register
def _(event: ScanRequested) -> Iterator[Cause]:
    yield Cause(CauseKind.SCAN_REQUESTED, f"a scan was requested ({event.trigger})")


@_happened.register
def _(event: ScanFailed) -> Iterator[Cause]:
    yield Cause(CauseKind.SCAN_FAILED, f"the scan failed ({event.reason}): {event.message}")


@_happened.register
def _(event: FindingDisabled) -> Iterator[Cause]:
    if event.revision > 1:
        told = f"{event.author} changed rule {event.rule_id} (revision {event.revision}): {event.reason}"
        yield Cause(CauseKind.RULE_CHANGED, told)
    else:
        yield Cause(CauseKind.RULE_MADE, f"{event.author} made rule {event.rule_id}: {event.reason}")


@_happened.register
def _(event: FindingEnabled) -> Iterator[Cause]:
    because = f": {event.reason}" if event.reason else ""
    yield Cause(CauseKind.RULE_WITHDRAWN, f"{event.author} took rule {event.rule_id} back{because}")


@_happened.register
def _(event: SignalsAdopted) -> Iterator[Cause]:
    if event.at_hand:
        came, left = len(event.added), len(event.removed)
        what = f"other flaws are known to be exploited ({came} came, {left} went)"
    else:
        what = "what is known to be exploited cannot be relied on: rules that go by it hide nothing"
    yield Cause(CauseKind.SIGNALS, what)


@_happened.register
def _(event: ScoresAdopted) -> Iterator[Cause]:
    if event.at_hand:
        day = f" of {event.edition}" if event.edition else ""
        came, left = len(read_runs(event.added)), len(read_runs(event.removed))
        what = f"the EPSS scores{day} are others: {came} CVEs came below {event.below:g}, {left} no longer are"
    else:
        what = f"EPSS scores cannot be relied on: rules on those below {event.below:g} hide nothing"
    yield Cause(CauseKind.SIGNALS, what)


@_happened.register
def _(event: RuleExpired) -> Iterator[Cause]:
    yield Cause(CauseKind.RULE_EXPIRED, f"rule {event.rule_id} expired")


@_happened.register
def _(event: ReleaseEnded) -> Iterator[Cause]:
    yield Cause(CauseKind.END_OF_LIFE, event.gap)


def _answered(before: ScanCompleted | None, after: ScanCompleted) -> Iterator[Cause]:
    if after.outcome is not Outcome.ASSESSED:
        yield Cause(CauseKind.UNSUPPORTED, after.reason)
    elif before is None or before.outcome is not Outcome.ASSESSED:
        yield Cause(CauseKind.FIRST_ANSWER, f"the first scan with an answer ended ({after.trigger})")
        yield from _left_open(None, after)
    else:
        differences = [*_differences(before, after), *_left_open(before, after)]
        yield from differences or [Cause(CauseKind.SCANNED_AGAIN, f"the image was scanned again ({after.trigger})")]


def _differences(before: ScanCompleted, after: ScanCompleted) -> Iterator[Cause]:
    if before.advisory_snapshot != after.advisory_snapshot:
        old, new = before.advisory_snapshot, after.advisory_snapshot
        yield Cause(CauseKind.ADVISORIES, f"matched with the advisories of snapshot {new}, {old} before")
    if before.reader_version != after.reader_version:
        old, new = before.reader_version, after.reader_version
        yield Cause(CauseKind.READER_VERSION, f"read by version {new} of the readers, {old} before")
    if before.inventory != after.inventory:
        yield Cause(CauseKind.PACKAGES, "other packages, or other facts of them, were read from the image")


def _left_open(before: ScanCompleted | None, after: ScanCompleted) -> Iterator[Cause]:
    """Tell what the scan leaves open and the one before did not, or the other way round."""
    ends, ended = set(_end_of_life(after)), set(_end_of_life(before) if before else ())
    for gap in sorted(ends - ended):
        yield Cause(CauseKind.END_OF_LIFE, gap)
    new, old = set(_gaps(after)) - ends, set(_gaps(before) if before else ()) - ended
    for gap in sorted(new - old):
        yield Cause(CauseKind.COVERAGE, f"left open: {gap}")
    for gap in sorted(old - new):
        yield Cause(CauseKind.COVERAGE, f"no longer left open: {gap}")


def _end_of_life(scan: ScanCompleted) -> tuple[str, ...]:
    # By the table of today, which may know more days than that of the scan: only what the scan said counts.
    said = set(_gaps(scan))
    on = scan.advisories_at.date() if scan.advisories_at else None
    return tuple(gap for gap in end_of_life_gaps(scan.distribution, on) if gap in said) if on else ()


def _gaps(scan: ScanCompleted) -> tuple[str, ...]:
    return scan.summary.gaps if scan.summary else ()
