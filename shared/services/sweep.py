"""The backstop: walk the stream directory and repair what lost hints, dead workers or an upgrade left behind.

A change of the rules whose hints were lost is found at the images: each row names the rules that it was made under.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from shared.domain import image_index
from shared.domain.events import ScanRequested, Trigger
from shared.domain.failures import RETRY_AFTER
from shared.domain.image import ImageState
from shared.domain.stored_names import IMAGE_STREAM, INDEX_STREAM
from shared.eventlog.announcer import QueueAnnouncer
from shared.eventlog.failures import is_transient
from shared.eventlog.interface import EventLog, Stream, StreamName
from shared.eventlog.streams import image_of
from shared.projections.dead_letters import PROJECTIONS, DeadLetter
from shared.projections.sweeps import Pass, SweepPosition, SweepTable
from shared.services.commands import Clock
from shared.services.project import Project
from shared.services.request_scan import RequestScan

# Longer than a scan may take with all its retries (host.json: five attempts of at most half an hour).
_STUCK = timedelta(hours=3)
# A run ends in time for the next: the timer fires hourly, and a function may run for half an hour (host.json).
_BUDGET = timedelta(minutes=15)
_EVERY = 100  # streams; what is looked at again after a run that was killed
_KINDS = (IMAGE_STREAM, INDEX_STREAM)


@dataclass(frozen=True)
class Swept:
    """What a run did: streams seen, rows projected anew, scans sent again, streams that failed."""

    streams: int = 0
    projected: int = 0
    resent: int = 0
    failed: int = 0

    def __add__(self, other: Swept) -> Swept:
        """Add what another sweep did."""
        return Swept(
            self.streams + other.streams,
            self.projected + other.projected,
            self.resent + other.resent,
            self.failed + other.failed,
        )


@dataclass(frozen=True)
class Sweep:
    """Compares every stream with what is made of it; a run that takes too long is continued by the next."""

    log: EventLog
    project: Project
    positions: SweepTable
    announcer: QueueAnnouncer
    request: RequestScan
    now: Clock

    def __call__(self) -> Swept:
        """Walk on from where the last run stopped, to the last stream or until the time is up."""
        ends = self.now() + _BUDGET
        position = self.positions.get()
        letters = {letter.content: letter for letter in self.project.dead_letters.all(PROJECTIONS)}
        swept = Swept()
        for name in self._names(position):
            one = self._stream(name, letters)
            swept += one
            position = _further(position, name, one, self.now())
            if self.now() >= ends:
                self.positions.put(position)
                return swept
            if swept.streams % _EVERY == 0:
                self.positions.put(position)
        self.positions.put(_ended(position, self.now()))
        return swept

    def _names(self, position: SweepPosition) -> Iterator[StreamName]:
        kinds = _KINDS[_KINDS.index(position.kind) :] if position.kind else _KINDS
        for kind in kinds:
            yield from self.log.streams(kind, after=position.name if kind == position.kind else None)

    def _stream(self, name: StreamName, letters: dict[str, DeadLetter]) -> Swept:
        """Repair one stream; one that cannot be projected becomes a dead letter, and holds up no other."""
        try:
            swept = self._image(name) if name.kind == IMAGE_STREAM else self._index(name)
        except Exception as error:
            if is_transient(error):
                raise
            self.project.stall(name, error)
            return Swept(streams=1, failed=1)
        if letter := letters.get(str(name)):
            self.project.dead_letters.remove(letter)
        return swept

    def _image(self, name: StreamName) -> Swept:
        projected = self.project.image(image_of(name))
        found = self.project.projector.generations.live().images.get(image_of(name))
        state = found[0].state if found else ImageState()
        stuck = [scan for scan in state.open_scans.values() if scan.requested_at < self.now() - _STUCK]
        for scan in stuck:
            self.announcer.scan(name, scan.scan_id)
        return Swept(1, projected, len(stuck) + self._retry(name, state))

    def _retry(self, name: StreamName, state: ImageState) -> bool:
        """Ask again for a scan that failed for a reason that may have passed by now."""
        failure = state.last_failure
        pause = RETRY_AFTER.get(failure.event.reason) if failure else None
        if failure is None or pause is None or failure.at > self.now() - pause:
            return False
        hour = self.now().strftime("%Y%m%dT%H")
        repository = next(iter(state.present_repositories), "")
        requested = ScanRequested(scan_id=f"retry-{hour}", repository=repository, trigger=Trigger.RESCAN)
        return self.request.of_image(image_of(name), requested, cause=failure.event.scan_id, actor="timer")

    def _index(self, name: StreamName) -> Swept:
        stream = self.log.load(name)
        stuck = image_index.fold(stream.events).open_scans if _old(stream, self.now()) else {}
        for scan_id in stuck:
            self.announcer.scan(name, scan_id)
        return Swept(1, resent=len(stuck))


def _old(stream: Stream, now: datetime) -> bool:
    return stream.last_recorded is not None and stream.last_recorded < now - _STUCK


def _further(position: SweepPosition, name: StreamName, one: Swept, now: datetime) -> SweepPosition:
    current = position.current or Pass(started_at=now)
    current = msgspec.structs.replace(
        current,
        streams=current.streams + 1,
        repaired=current.repaired + one.projected,
        failed=current.failed + one.failed,
    )
    return SweepPosition(name.kind, str(name), current, position.last)


def _ended(position: SweepPosition, now: datetime) -> SweepPosition:
    last = msgspec.structs.replace(position.current or Pass(started_at=now), ended_at=now)
    return SweepPosition(last=last)
