"""The backstop: walk the stream directory and repair what lost hints, dead workers or an upgrade left behind.

A change of the rules whose hints were lost is found at the images: each row names the rules that it was made under.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.domain import image_index
from shared.domain.events import ScanRequested, Trigger
from shared.domain.failures import RETRY_AFTER
from shared.domain.image import ImageState
from shared.domain.messages import Seen, Walk, WalkMessage
from shared.domain.references import ImageId
from shared.domain.stored_names import IMAGE_STREAM, INDEX_STREAM
from shared.eventlog.announcer import QueueAnnouncer
from shared.eventlog.failures import is_transient
from shared.eventlog.interface import EventLog, Stream, StreamName
from shared.eventlog.streams import image_of
from shared.projections.dead_letters import PROJECTIONS, DeadLetter
from shared.projections.projector import Standing
from shared.services.commands import Clock
from shared.services.project import Project
from shared.services.request_scan import RequestScan
from shared.services.walk import Visit, Walker

# Longer than a scan may take with all its retries (host.json: five attempts of at most half an hour).
_STUCK = timedelta(hours=3)


@dataclass(frozen=True)
class Sweep:
    """Compares every stream with what is made of it."""

    log: EventLog
    project: Project
    walker: Walker
    announcer: QueueAnnouncer
    request: RequestScan
    now: Clock
    kinds: Sequence[str] = (IMAGE_STREAM, INDEX_STREAM)

    def __call__(self) -> Seen:
        """Begin a sweep, unless the last one goes on; see to all walks that stand still. Say what was done at once."""
        self.walker.revive()
        return self.walker.begin(WalkMessage(Walk.SWEEP, self.now()), self)

    def visitor(self, message: WalkMessage) -> Visit:
        """Make ready for a slice; what has a dead letter loses it where it is mended."""
        letters = {letter.content: letter for letter in self.project.dead_letters.all(PROJECTIONS)}
        standing = self.project.projector.standing()
        return lambda name: self._stream(name, letters, standing)

    def _stream(self, name: StreamName, letters: dict[str, DeadLetter], standing: Standing) -> Seen:
        """Repair one stream; one that cannot be projected becomes a dead letter, and holds up no other."""
        try:
            swept = self._image(name, standing) if name.kind == IMAGE_STREAM else self._index(name)
        except Exception as error:
            if is_transient(error):
                raise
            self.project.stall(name, error)
            return Seen(streams=1, failed=1)
        if letter := letters.get(str(name)):
            self.project.dead_letters.remove(letter)
        return swept

    def _image(self, name: StreamName, standing: Standing) -> Seen:
        projected, state = self._projected(image_of(name), standing)
        stuck = [scan for scan in state.open_scans.values() if scan.requested_at < self.now() - _STUCK]
        for scan in stuck:
            self.announcer.scan(name, scan.scan_id)
        return Seen(1, projected, len(stuck) + self._retry(name, state))

    def _projected(self, about: ImageId, standing: Standing) -> tuple[bool, ImageState]:
        """Project an image whose rows are not up to date; say whether it was not, and what its events say."""
        if row := self.project.projector.current(about, standing):
            self.project.note(about)
            return False, row.state
        projected = self.project.image(about)
        found = self.project.projector.generations.live().images.get(about)
        return projected, found[0].state if found else ImageState()

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

    def _index(self, name: StreamName) -> Seen:
        stream = self.log.load(name)
        stuck = image_index.fold(stream.events).open_scans if _old(stream, self.now()) else {}
        for scan_id in stuck:
            self.announcer.scan(name, scan_id)
        return Seen(1, sent=len(stuck))


def _old(stream: Stream, now: datetime) -> bool:
    return stream.last_recorded is not None and stream.last_recorded < now - _STUCK
