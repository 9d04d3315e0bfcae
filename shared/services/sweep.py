"""The backstop: walk the stream directory and repair what lost hints, dead workers or an upgrade left behind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.domain import image_index
from shared.domain.events import ScanRequested, Trigger
from shared.domain.failures import RETRYABLE
from shared.domain.image import ImageState
from shared.domain.stored_names import IMAGE_STREAM, INDEX_STREAM
from shared.eventlog.announcer import QueueAnnouncer
from shared.eventlog.interface import EventLog, Stream, StreamName
from shared.eventlog.streams import image_of
from shared.projections.projector import Projector
from shared.services.commands import Clock
from shared.services.request_scan import RequestScan

# Longer than a scan may take with all its retries (host.json: five attempts of at most half an hour).
_STUCK = timedelta(hours=3)
# How long after a failure that may pass the image is asked for again.
_RETRY = timedelta(hours=1)
_MOST_TOLD = 20


@dataclass(frozen=True)
class Swept:
    """What a sweep did: streams seen, rows projected anew, scans sent again."""

    streams: int
    projected: int
    resent: int

    def __add__(self, other: Swept) -> Swept:
        """Add what another sweep did."""
        return Swept(self.streams + other.streams, self.projected + other.projected, self.resent + other.resent)


@dataclass(frozen=True)
class Sweep:
    """Compares every image stream with its row."""

    log: EventLog
    projector: Projector
    announcer: QueueAnnouncer
    request: RequestScan
    now: Clock

    def __call__(self) -> Swept:
        """Walk all images and indexes once; what is wrong with one of them is raised after the others are seen to."""
        swept = Swept(0, 0, 0)
        wrong: list[Exception] = []
        for kind, repair in ((IMAGE_STREAM, self._projected), (INDEX_STREAM, self._resolved)):
            for name in self.log.streams(kind):
                try:
                    swept += repair(name)
                except Exception as error:
                    error.add_note(f"stream {name}")
                    wrong.append(error)
        if wrong:
            raise ExceptionGroup(f"{len(wrong)} streams cannot be swept", wrong[:_MOST_TOLD])
        return swept

    def _projected(self, name: StreamName) -> Swept:
        return Swept(1, self.projector.project(image_of(name)), self._image(name))

    def _resolved(self, name: StreamName) -> Swept:
        return Swept(1, 0, self._index(name))

    def _image(self, name: StreamName) -> int:
        found = self.projector.images.get(image_of(name))
        state = found[0].state if found else ImageState()
        stuck = [scan for scan in state.open_scans.values() if scan.requested_at < self.now() - _STUCK]
        for scan in stuck:
            self.announcer.scan(name, scan.scan_id)
        return len(stuck) + self._retry(name, state)

    def _retry(self, name: StreamName, state: ImageState) -> bool:
        """Ask again for a scan that failed for a reason that may have passed by now."""
        failure = state.last_failure
        if failure is None or failure.event.reason not in RETRYABLE or failure.at > self.now() - _RETRY:
            return False
        hour = self.now().strftime("%Y%m%dT%H")
        repository = next(iter(state.present_repositories), "")
        requested = ScanRequested(scan_id=f"retry-{hour}", repository=repository, trigger=Trigger.RESCAN)
        return self.request.of_image(image_of(name), requested, cause=failure.event.scan_id, actor="timer")

    def _index(self, name: StreamName) -> int:
        stream = self.log.load(name)
        stuck = image_index.fold(stream.events).open_scans if _old(stream, self.now()) else {}
        for scan_id in stuck:
            self.announcer.scan(name, scan_id)
        return len(stuck)


def _old(stream: Stream, now: datetime) -> bool:
    return stream.last_recorded is not None and stream.last_recorded < now - _STUCK
