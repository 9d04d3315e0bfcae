"""The clocks of an image's findings, started and stopped by one report after the other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from shared.domain.events import ImagePulled, RecordedEvent
from shared.domain.findings import Finding
from shared.domain.image_health import JudgedFinding
from shared.domain.image_past import Clock, End, Pull, Said

MOST_SAID = 50  # of a clock: rules come and go, and all clocks of an image have to fit into its row
MOST_CLOCKS = 3_000  # about 260 kB of a row, which holds at most 1 MiB


class FindingClocks:
    """Clocks in the order in which they were started, at most ``MOST_CLOCKS``: those that ended first make room."""

    def __init__(self, clocks: Sequence[Clock], before: datetime | None) -> None:
        """Go on with clocks, without what was said of them at a time or later."""
        self.clocks = [_until(one, before) for one in clocks]
        self._open = {one.id: place for place, one in enumerate(self.clocks) if one.ended is None}

    def report(self, at: datetime, judged: Sequence[JudgedFinding], *, precise: bool) -> int:
        """Note what a report says, and return how many of its findings are without a clock."""
        found: dict[str, JudgedFinding] = {}
        for one in judged:
            found.setdefault(one.finding.id, one)
        for place in [place for key, place in self._open.items() if key not in found]:
            self._stop(place, at, End.NO_LONGER_REPORTED)
        for key, place in self._open.items():
            self.clocks[place] = _again(self.clocks[place], at, found[key])
        fresh = [one for key, one in found.items() if key not in self._open]
        started = fresh[: self._room(len(fresh))]
        for one in started:
            self._open[one.finding.id] = len(self.clocks)
            self.clocks.append(_start(one, at, precise=precise))
        return len(fresh) - len(started)

    def delete(self, at: datetime) -> None:
        """Stop all clocks: the image is gone."""
        for place in list(self._open.values()):
            self._stop(place, at, End.DELETED)

    def pull(self, recorded: RecordedEvent) -> None:
        """Note a pull for every finding that was known when it happened; it may be told of late."""
        assert isinstance(recorded.event, ImagePulled)
        pull = Pull(recorded.meta.occurred_at, recorded.meta.recorded_at)
        for place, one in enumerate(self.clocks):
            if one.pulled is None and one.since <= pull.at and (one.ended is None or pull.at < one.ended):
                self.clocks[place] = msgspec.structs.replace(one, pulled=pull)

    def _stop(self, place: int, at: datetime, end: End) -> None:
        self.clocks[place] = msgspec.structs.replace(self.clocks[place], ended=at, end=end)
        del self._open[self.clocks[place].id]

    def _room(self, wanted: int) -> int:
        """Make room for new clocks, and return for how many there is."""
        excess = len(self.clocks) + wanted - MOST_CLOCKS
        if excess > 0:
            ended = sorted((one.ended, place) for place, one in enumerate(self.clocks) if one.ended is not None)
            out = {place for _, place in ended[:excess]}
            self.clocks = [one for place, one in enumerate(self.clocks) if place not in out]
            self._open = {one.id: place for place, one in enumerate(self.clocks) if one.ended is None}
        return max(0, min(wanted, MOST_CLOCKS - len(self.clocks)))


def flaw_of(finding: Finding) -> str:
    """Name the flaw of a finding: its CVE, else its advisory."""
    return finding.cve or finding.advisory


def _start(judged: JudgedFinding, at: datetime, *, precise: bool) -> Clock:
    found = judged.finding
    return Clock(
        id=found.id,
        flaw=flaw_of(found),
        ecosystem=found.package.ecosystem,
        package=found.package.name,
        version=found.package.version,
        published=found.published,
        since=at,
        precise=precise,
        said=(Said(at, found.severity, judged.disabled_by),),
        fixable=at if found.fixed_version is not None else None,
        source=found.package.source,
    )


def _again(clock: Clock, at: datetime, judged: JudgedFinding) -> Clock:
    found, last = judged.finding, clock.said[-1] if clock.said else None
    changes: dict[str, object] = {}
    if last is None or (last.severity, last.disabled_by) != (found.severity, judged.disabled_by):
        first, later = clock.said[:1], (*clock.said[1:], Said(at, found.severity, judged.disabled_by))
        changes["said"] = (*first, *later[-(MOST_SAID - 1) :])
    if clock.fixable is None and found.fixed_version is not None:
        changes["fixable"] = at
    return msgspec.structs.replace(clock, **changes) if changes else clock


def _until(clock: Clock, before: datetime | None) -> Clock:
    if before is None or clock.said[-1].at < before:
        return clock
    return msgspec.structs.replace(clock, said=tuple(one for one in clock.said if one.at < before))
