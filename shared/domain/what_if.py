"""What would be otherwise under a supposition: the answer, and how two sides of every image are put together to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

import msgspec

from shared.domain.findings import Finding, worst_first
from shared.domain.health_history import Moment, Standing
from shared.domain.image import Charge
from shared.domain.image_health import Health, ImageHealth, health_place, worst_image_first
from shared.domain.notices import Judged, NoticeKind, Told, news
from shared.domain.severity import Severity

_MOST_FINDINGS = 20  # of one image that are listed; all are counted


class HealthMove(msgspec.Struct, frozen=True, rename="camel"):
    """How many images are of one health as recorded, and of another (or the same) as supposed."""

    before: Health
    after: Health
    images: int


class FindingCounts(msgspec.Struct, frozen=True, rename="camel"):
    """Open findings of all images by severity."""

    before: dict[str, int]
    after: dict[str, int]


class Numbers(msgspec.Struct, frozen=True, rename="camel"):
    """A number as recorded and as supposed."""

    before: int
    after: int


class BilledMonth(msgspec.Struct, frozen=True, rename="camel"):
    """The charges of a month as recorded and as supposed."""

    month: str
    before: int
    after: int


class BillDifference(msgspec.Struct, frozen=True, rename="camel"):
    """All charges up to the time of the question; ``unknown`` more images may have been charged."""

    before: int
    after: int
    unknown: int
    months: tuple[BilledMonth, ...]


class Verdict(msgspec.Struct, frozen=True, rename="camel"):
    """The health of an image and why."""

    health: Health
    reason: str


class MovedFinding(msgspec.Struct, frozen=True, rename="camel"):
    """A finding that an image has on one side only."""

    id: str
    cve: str | None
    package: str
    version: str
    severity: Severity


class MovedFindings(msgspec.Struct, frozen=True, rename="camel"):
    """Findings that come or go: how many, and the worst of them; one of another severity comes and goes."""

    count: int
    value: tuple[MovedFinding, ...]


class ChangedImage(msgspec.Struct, frozen=True, rename="camel"):
    """An image whose health or open findings would be others."""

    registry: str
    repository: str
    tags: tuple[str, ...]
    digest: str
    before: Verdict
    after: Verdict
    come: MovedFindings
    go: MovedFindings


class PastChange(msgspec.Struct, frozen=True, rename={"was": "from"}):
    """A change of an image's health at a time; health is None where the image was not shown."""

    registry: str
    repository: str
    digest: str
    time: datetime
    was: Health | None
    to: Health | None
    reason: str


class PastNotice(msgspec.Struct, frozen=True, rename="camel"):
    """A notice that an image was good for at a time."""

    registry: str
    repository: str
    digest: str
    time: datetime
    kind: NoticeKind
    reason: str
    finding_count: int


class PastChanges(msgspec.Struct, frozen=True, rename="camel"):
    """Changes of health: how many, and the newest of them."""

    count: int
    value: tuple[PastChange, ...]


class PastNotices(msgspec.Struct, frozen=True, rename="camel"):
    """Notices: how many, and the newest of them."""

    count: int
    value: tuple[PastNotice, ...]


class Past(msgspec.Struct, frozen=True, rename="camel"):
    """What would not have happened in a span of time, and what would have happened besides."""

    since: datetime
    until: datetime
    changes_avoided: PastChanges
    changes_added: PastChanges
    notices_avoided: PastNotices
    notices_added: PastNotices


class WhatIfAnswer(msgspec.Struct, frozen=True, rename="camel"):
    """What would be otherwise. Of images and of the past the first are listed, and all are counted.

    ``images`` were compared; ``left_out`` are those beyond the sample, ``unreadable`` those
    whose events or report cannot be read.
    ``unknown_until_scanned`` cannot be told from what is on record, of which ``not_pulled`` could not be read again.
    ``recommendations`` are those about packages.
    """

    images: int
    left_out: int
    unreadable: int
    unknown_until_scanned: int
    not_pulled: int
    health: tuple[HealthMove, ...]
    findings: FindingCounts
    bill: BillDifference
    recommendations: Numbers
    changed: int
    value: tuple[ChangedImage, ...]
    past: Past


class Side(NamedTuple):
    """One image on one side: what is shown of it, what it costs, and what happened to it in the span of time.

    ``recommendations`` are the ids of those about packages that are for it.
    """

    listed: bool
    health: ImageHealth
    still_open: Mapping[str, Finding]
    recommendations: frozenset[str]
    charge: Charge | None
    unknown: bool
    changes: Sequence[PastChange]
    notices: Sequence[PastNotice]


def past_changes(standings: Iterable[tuple[Moment, Standing]], since: datetime) -> Iterator[PastChange]:
    """Yield the changes of an image's health after a time."""
    was: Health | None = None
    for moment, standing in standings:
        found = standing.found
        if standing.health is not was and moment.time > since and found is not None:
            yield PastChange(
                found.registry, found.repository, found.digest, moment.time, was, standing.health, standing.reason
            )
        was = standing.health


def past_notices(
    standings: Iterable[tuple[Moment, Standing]], since: datetime, notify_from: Severity
) -> Iterator[PastNotice]:
    """Yield the notices of an image after a time, as if somebody had been told all along.

    Of what happened at one time only the end is told of: nobody could have looked in between.
    """
    told = Told()
    for _, at_once in groupby(standings, key=lambda one: one[0].time):
        *_, (moment, standing) = at_once
        found = standing.found
        if found is None or standing.state.version == 0:
            continue
        told, notice = news(told, Judged(standing.listed, found, open_findings(standing)), notify_from)
        if notice is not None and moment.time > since:
            about = found.registry, found.repository, found.digest
            yield PastNotice(*about, moment.time, notice.kind, notice.reason, notice.finding_count)


def open_findings(standing: Standing) -> tuple[Finding, ...]:
    """Give the findings that no rule disables."""
    return tuple(one.finding for one in standing.judged if one.disabled_by is None)


@dataclass
class Tally:
    """Adds up both sides of image after image."""

    moves: Counter[tuple[Health, Health]] = field(default_factory=Counter)
    severities: tuple[Counter[str], Counter[str]] = field(default_factory=lambda: (Counter(), Counter()))
    months: tuple[Counter[str], Counter[str]] = field(default_factory=lambda: (Counter(), Counter()))
    recommendations: tuple[set[str], set[str]] = field(default_factory=lambda: (set(), set()))
    changed: list[tuple[tuple[object, ...], ChangedImage]] = field(default_factory=list)
    changes: tuple[list[PastChange], list[PastChange]] = field(default_factory=lambda: ([], []))
    notices: tuple[list[PastNotice], list[PastNotice]] = field(default_factory=lambda: ([], []))
    images: int = 0
    unknown: int = 0
    unknown_charges: int = 0
    left_out: int = 0
    unreadable: int = 0
    not_pulled: int = 0

    def add(self, before: Side, after: Side) -> None:
        """Add an image."""
        for number, side in enumerate((before, after)):
            if side.charge is not None:
                self.months[number][f"{side.charge.at:%Y-%m}"] += 1
            if side.listed:
                self.severities[number].update(str(one.severity) for one in side.still_open.values())
                self.recommendations[number].update(side.recommendations)
        self.unknown_charges += after.unknown and after.charge is None
        if before.listed or after.listed:
            self._shown(before, after)
        _part(before.changes, after.changes, _change_key, self.changes)
        _part(before.notices, after.notices, _notice_key, self.notices)

    def _shown(self, before: Side, after: Side) -> None:
        self.images += 1
        self.unknown += after.unknown
        self.moves[before.health.health, after.health.health] += 1
        come = _without(after.still_open, before.still_open)
        go = _without(before.still_open, after.still_open)
        if come or go or before.health.health is not after.health.health:
            self.changed.append((worst_image_first(after.health), _changed(before, after, come, go)))

    def answer(self, since: datetime, until: datetime, most: int) -> WhatIfAnswer:
        """Put the answer together, with so many images, changes and notices listed."""
        changed = [one for _, one in sorted(self.changed, key=lambda pair: pair[0])]
        return WhatIfAnswer(
            images=self.images,
            left_out=self.left_out,
            unreadable=self.unreadable,
            unknown_until_scanned=self.unknown,
            not_pulled=self.not_pulled,
            health=tuple(HealthMove(*pair, self.moves[pair]) for pair in sorted(self.moves, key=_worst_move)),
            findings=FindingCounts(*({str(one): counts[one] for one in Severity} for counts in self.severities)),
            bill=self._bill(),
            recommendations=Numbers(*map(len, self.recommendations)),
            changed=len(changed),
            value=tuple(changed[:most]),
            past=self._past(since, until, most),
        )

    def _bill(self) -> BillDifference:
        before, after = self.months
        months = tuple(BilledMonth(month, before[month], after[month]) for month in sorted({*before, *after}))
        return BillDifference(before.total(), after.total(), self.unknown_charges, months)

    def _past(self, since: datetime, until: datetime, most: int) -> Past:
        avoided, added = (PastChanges(len(found), tuple(_newest(found)[:most])) for found in self.changes)
        unsent, sent = (PastNotices(len(found), tuple(_newest(found)[:most])) for found in self.notices)
        return Past(since, until, avoided, added, unsent, sent)


def _without(found: Mapping[str, Finding], others: Mapping[str, Finding]) -> list[Finding]:
    """Return findings that others lack; one of another severity goes with the one, and comes with the other."""
    return [one for key, one in found.items() if key not in others or others[key].severity is not one.severity]


def _changed(before: Side, after: Side, come: Sequence[Finding], go: Sequence[Finding]) -> ChangedImage:
    shown = after.health
    return ChangedImage(
        registry=shown.registry,
        repository=shown.repository,
        tags=shown.tags,
        digest=shown.digest,
        before=Verdict(before.health.health, before.health.reason),
        after=Verdict(after.health.health, after.health.reason),
        come=_moved(come),
        go=_moved(go),
    )


def _moved(findings: Sequence[Finding]) -> MovedFindings:
    shown = worst_first(tuple(findings))[:_MOST_FINDINGS]
    return MovedFindings(len(findings), tuple(map(_finding, shown)))


def _finding(finding: Finding) -> MovedFinding:
    package = finding.package
    return MovedFinding(finding.id, finding.cve, package.name, package.version, finding.severity)


def _part[Item](
    before: Sequence[Item],
    after: Sequence[Item],
    key: Callable[[Item], object],
    into: tuple[list[Item], list[Item]],
) -> None:
    """Add what only one side has to its list."""
    for one, other, found in ((before, after, into[0]), (after, before, into[1])):
        there = Counter(map(key, other))
        for item in one:
            if there[key(item)]:
                there[key(item)] -= 1
            else:
                found.append(item)


def _change_key(change: PastChange) -> object:
    return change.time, change.was, change.to


def _notice_key(notice: PastNotice) -> object:
    return notice.time, notice.kind, notice.finding_count


def _newest[Item: (PastChange, PastNotice)](found: Sequence[Item]) -> list[Item]:
    return sorted(found, key=lambda one: (-one.time.timestamp(), one.registry, one.digest))


def _worst_move(pair: tuple[Health, Health]) -> tuple[int, int]:
    return health_place(pair[0]), health_place(pair[1])
