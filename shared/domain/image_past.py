"""What became of an image and of its findings: all that questions about time need, derived from log, rules and reports.

Times are those at which the log knew: an answer as of a time is what was recorded until then. What is bound to come,
as the end of a rule or of a release, is there already, at its time.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import msgspec

from shared.domain.image_health import Health
from shared.domain.severity import Severity


class End(StrEnum):
    """How a finding of an image ended by itself."""

    DELETED = "deleted"
    NO_LONGER_REPORTED = "no-longer-reported"


class Standing(msgspec.Struct, frozen=True, array_like=True):
    """What was shown of an image from a time on; health is None while it is not listed.

    ``findings`` counts the open ones in the order of ``Severity``.
    """

    at: datetime
    health: Health | None = None
    findings: tuple[int, ...] = ()
    disabled: int = 0
    repositories: tuple[str, ...] = ()


class Said(msgspec.Struct, frozen=True, array_like=True):
    """What was said of a finding from a time on: its severity, and the rule that disables it."""

    at: datetime
    severity: Severity
    disabled_by: str | None = None


class Pull(msgspec.Struct, frozen=True, array_like=True):
    """A pull: when it happened, and when the log knew of it."""

    at: datetime
    recorded_at: datetime


class Clock(msgspec.Struct, frozen=True, array_like=True):
    """A finding of an image from the first report that has it to the first that has it no more, or to a deletion.

    One that comes back has another clock. It is not ``precise`` where an earlier report is no longer kept, so that the
    finding may have been known before ``since``.
    """

    id: str
    flaw: str
    ecosystem: str
    package: str
    version: str
    published: str | None
    since: datetime
    precise: bool
    said: tuple[Said, ...]
    fixable: datetime | None = None
    pulled: Pull | None = None
    ended: datetime | None = None
    end: End | None = None
    source: str = ""

    @property
    def key(self) -> str:
        """Name the flaw in what is built from a source: of a newer release the same may have another name."""
        return "\n".join((self.flaw, self.ecosystem, self.source or self.package))


class Departure(msgspec.Struct, frozen=True, array_like=True):
    """The last tag of an image moved on to another digest, ``until`` the image had a tag again or was pulled."""

    at: datetime
    moved: datetime
    successor: str
    until: datetime | None = None


class ImagePast(msgspec.Struct, frozen=True):
    """The past of an image up to a version of its stream (``until`` is the time of that event) and of the rules.

    ``since`` is set where older standings were left out, and ``untold`` counts findings of the last report that are
    without a clock: there is a most of both. ``answered`` is when the first report came that leaves nothing open.
    ``gone`` says whether any report is no longer kept.
    """

    rules: int = 0
    until: datetime | None = None
    since: datetime | None = None
    answered: datetime | None = None
    gone: bool = False
    untold: int = 0
    standings: tuple[Standing, ...] = ()
    clocks: tuple[Clock, ...] = ()
    departures: tuple[Departure, ...] = ()


def unassessed_from(past: ImagePast, at: datetime) -> ImagePast:
    """Give a past in which an image that was listed is not assessed from a time on, whatever was bound to come."""
    before = tuple(one for one in past.standings if one.at < at)
    last = next((one for one in reversed(past.standings) if one.at <= at), None)
    if last is None or last.health is None:
        return past
    now = msgspec.structs.replace(last, at=at, health=Health.NOT_ASSESSED)
    return msgspec.structs.replace(past, standings=(*before, now))
