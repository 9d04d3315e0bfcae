"""Rescans: every image in use is matched again each week."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.domain.events import ScanRequested, Trigger
from shared.domain.image_health import ImageHealth
from shared.domain.messages import Seen, Walk, WalkMessage
from shared.domain.references import ImageId
from shared.domain.stored_names import IMAGE_STREAM
from shared.eventlog.failures import is_transient
from shared.eventlog.interface import StreamName
from shared.eventlog.streams import image_of
from shared.projections.image_rows import ImageTable
from shared.services.commands import Clock
from shared.services.request_scan import RequestScan
from shared.services.walk import Visit, Walker

# Last week's scan took its time after the timer: without this, each image would be rescanned every other week.
_TOLERANCE = timedelta(hours=12)
_WEEK = 7
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Rescan:
    """Requests scans that match stored inventories; they pull nothing and cost nothing."""

    walker: Walker
    images: ImageTable
    request: RequestScan
    now: Clock
    recent_pull_days: int
    rescan_after_days: int
    kinds: Sequence[str] = (IMAGE_STREAM,)

    def weekly(self) -> int:
        """Request a scan of every image pulled recently whose last scan is a week old; say how many at once."""
        if not self.request.plan().enabled:
            return 0
        now = self.now()
        return self.walker.begin(WalkMessage(Walk.RESCAN, now, f"rescan-{self._period(now)}"), self).sent

    def visitor(self, message: WalkMessage) -> Visit:
        """Make ready for a slice; what is due, and in which week, is a matter of when the walk began."""
        return lambda name: asked_of(name, lambda: self._image(image_of(name), message))

    def _image(self, about: ImageId, message: WalkMessage) -> bool:
        found = self.images.get(about)
        answer = found[0].answer if found else None
        if answer is None or not answer.listed or not self._due(answer.health, message.at):
            return False
        return self._weekly(answer.health, message.id)

    def _period(self, now: datetime) -> str:
        """Name the span of time in which an image is rescanned once: the ISO week, or the day where that is longer."""
        if self.rescan_after_days < _WEEK:
            return f"{now:%Y%m%d}"
        return "{}W{:02d}".format(*now.isocalendar()[:2])

    def _due(self, health: ImageHealth, now: datetime) -> bool:
        if health.last_pulled is None or health.last_pulled < now - timedelta(days=self.recent_pull_days):
            return False
        if health.last_scan is None:
            return not health.scanning
        return health.last_scan.time <= now - timedelta(days=self.rescan_after_days) + _TOLERANCE

    def _weekly(self, health: ImageHealth, scan_id: str) -> bool:
        requested = ScanRequested(scan_id=scan_id, repository=health.repository, trigger=Trigger.RESCAN)
        about = ImageId(health.registry, health.digest)
        return self.request.of_image(about, requested, cause=scan_id, actor="timer")


def asked_of(name: StreamName, ask: Callable[[], bool]) -> Seen:
    """Request what is due of one image; one that cannot be read is left to the sweep, and holds up no other."""
    try:
        return Seen(1, sent=ask())
    except Exception as error:
        if is_transient(error):
            raise
        _log.warning("no rescan is requested of %s: %s", name, error)
        return Seen(1, failed=1)
