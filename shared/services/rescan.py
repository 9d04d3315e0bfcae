"""Rescans: every image in use is matched again each week, and any image once advisories for it have changed."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final
from uuid import NAMESPACE_URL, uuid5

from shared.domain.events import ScanRequested, Trigger
from shared.domain.image_health import ImageHealth
from shared.domain.references import ImageId
from shared.projections.image_rows import ImageTable, MatchedImage
from shared.services.affected_images import AffectedImages
from shared.services.commands import Clock
from shared.services.request_scan import RequestScan

if TYPE_CHECKING:
    from shared.advisories.change_log import ChangeLog

# Last week's scan took its time after the timer: without this, each image would be rescanned every other week.
_TOLERANCE = timedelta(hours=12)
_WEEK = 7
_log = logging.getLogger(__name__)

RUN: Final = timedelta(minutes=20)
"""How long one run may request rescans: less than a function may take (host.json, functionTimeout)."""


@dataclass(frozen=True)
class Rescan:
    """Requests scans that match stored inventories; they pull nothing and cost nothing."""

    images: ImageTable
    affected: AffectedImages
    request: RequestScan
    now: Clock
    recent_pull_days: int
    rescan_after_days: int

    def weekly(self) -> int:
        """Request a scan of every image pulled recently whose last scan is a week old; say how many.

        What is left after RUN is for the next run, which finds the others done.
        """
        requested = 0
        if not self.request.plan().enabled:
            return requested
        now = self.now()
        # One after the other: a million images would not fit into memory.
        for answer in self.images.pulled_since(now - timedelta(days=self.recent_pull_days)):
            if self.now() - now > RUN:
                _log.warning("%d rescans were requested; the next run of RESCAN_SCHEDULE goes on", requested)
                break
            if self._due(answer.health, now):
                requested += self._weekly(answer.health, f"rescan-{self._period(now)}")
        return requested

    def for_advisories(self, log: ChangeLog) -> int:
        """Request a scan of every image that the changes of advisories concern; say how many."""
        asked = 0
        if not self.request.plan().enabled:
            return asked
        for image, changed in self.affected(log):
            scan_id = _advisory_scan(image, log.snapshot)
            requested = ScanRequested(scan_id, image.repository, Trigger.ADVISORY, changed)
            asked += self.request.of_image(image.image, requested, cause=scan_id, actor="timer")
        return asked

    def _period(self, now: datetime) -> str:
        """Name the span of time in which an image is rescanned once: the ISO week, or the day where that is longer."""
        if self.rescan_after_days < _WEEK:
            return f"{now:%Y%m%d}"
        return "{}W{:02d}".format(*now.isocalendar()[:2])

    def _due(self, health: ImageHealth, now: datetime) -> bool:
        if health.last_scan is None:
            return not health.scanning
        return health.last_scan.time <= now - timedelta(days=self.rescan_after_days) + _TOLERANCE

    def _weekly(self, health: ImageHealth, scan_id: str) -> bool:
        requested = ScanRequested(scan_id=scan_id, repository=health.repository, trigger=Trigger.RESCAN)
        about = ImageId(health.registry, health.digest)
        return self.request.of_image(about, requested, cause=scan_id, actor="timer")


def _advisory_scan(image: MatchedImage, snapshot: str) -> str:
    # Advisories may go back to what they were: the same snapshot after another scan is another cause.
    return f"advisory-{uuid5(NAMESPACE_URL, snapshot + ' ' + image.scan)}"
