"""Exposure: how long findings of images were, or have been, open; the definitions are those of ``docs/EXPOSURE.md``."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

import msgspec

from shared.domain.image_past import Clock, Departure, End, ImagePast
from shared.domain.severity import Severity


class Outcome(StrEnum):
    """How a finding of an image ended."""

    DELETED = "deleted"
    REPLACED = "replaced"
    NO_LONGER_REPORTED = "no-longer-reported"


class Ending(NamedTuple):
    """When a finding ended, and how."""

    at: datetime
    how: Outcome


class FindingExposure(msgspec.Struct, frozen=True, rename="camel"):
    """The clock of a finding of an image; ``first_known`` may be too late where it is not ``precise``."""

    id: str
    flaw: str
    package: str
    version: str
    ecosystem: str
    severity: Severity
    published: str | None
    first_known: datetime
    precise: bool
    fix_available: datetime | None
    first_pulled: datetime | None
    ended: datetime | None
    how: Outcome | None
    disabled_by: str | None


type Successors = Callable[[str], ImagePast | None]
"""Gives the past of the image of a digest in the same registry, None where there is none."""


def departure_at(past: ImagePast, at: datetime) -> Departure | None:
    """Return how the last tag of an image had moved on by a time, None where it had not or the image was used again."""
    found = [one for one in past.departures if one.at <= at and (one.until is None or one.until > at)]
    return found[-1] if found else None


def exposures(past: ImagePast, successors: Successors, at: datetime) -> list[FindingExposure]:
    """Tell the clock of every finding of an image as of a time, in the order in which they were started."""
    return [_told(clock, ending(clock, past, successors, at), at) for clock in past.clocks if clock.since <= at]


def ending(clock: Clock, past: ImagePast, successors: Successors, at: datetime) -> Ending | None:
    """Say how and when a finding had ended by a time: of several ways, by the first."""
    own = None
    if clock.ended is not None and clock.ended <= at:
        own = Ending(clock.ended, Outcome.DELETED if clock.end is End.DELETED else Outcome.NO_LONGER_REPORTED)
    replaced = _replaced(clock, past, successors, at)
    if replaced is None or (own is not None and own.at <= replaced):
        return own
    return Ending(replaced, Outcome.REPLACED)


def _replaced(clock: Clock, past: ImagePast, successors: Successors, at: datetime) -> datetime | None:
    """Return since when the tag has named an image without the flaw in the package, as far as is known at a time."""
    known, seen = clock.since, set[str]()
    while (left := departure_at(past, at)) is not None and left.successor not in seen:
        seen.add(left.successor)
        heir = successors(left.successor)
        if heir is None or heir.answered is None or heir.answered > at or heir.untold:
            return None
        since = max(clock.since, left.at, heir.answered)
        known = max(known, since)
        inherited = _inherited(clock, heir, since)
        if inherited is None:
            return known
        clock, past = inherited, heir
    return None


def _inherited(clock: Clock, heir: ImagePast, at: datetime) -> Clock | None:
    """Return the clock of the same flaw in the same package that an image had at a time; a deletion mends nothing."""
    for one in heir.clocks:
        if one.key == clock.key and one.since <= at and (one.ended is None or one.ended > at or one.end is End.DELETED):
            return one
    return None


def _told(clock: Clock, ended: Ending | None, at: datetime) -> FindingExposure:
    said = next(one for one in reversed(clock.said) if one.at <= at)
    pulled = clock.pulled.at if clock.pulled and clock.pulled.recorded_at <= at else None
    return FindingExposure(
        id=clock.id,
        flaw=clock.flaw,
        package=clock.package,
        version=clock.version,
        ecosystem=clock.ecosystem,
        severity=said.severity,
        published=clock.published,
        first_known=clock.since,
        precise=clock.precise,
        fix_available=clock.fixable if clock.fixable and clock.fixable <= at else None,
        first_pulled=pulled,
        ended=ended.at if ended else None,
        how=ended.how if ended else None,
        disabled_by=said.disabled_by,
    )
