"""Rescans: every image in use is matched again each week, and every image when advisories have changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from shared.domain.events import ScanRequested, Trigger
from shared.domain.failures import FailureReason
from shared.domain.image_health import Health, ImageHealth
from shared.domain.references import ImageId
from shared.projections.image_rows import ImageTable
from shared.services.commands import Clock
from shared.services.request_scan import RequestScan

# Last week's scan took its time after the timer: without this, each image would be rescanned every other week.
_TOLERANCE = timedelta(hours=12)
_WEEK = 7


@dataclass(frozen=True)
class Rescan:
    """Requests scans that match stored inventories; they pull nothing and cost nothing."""

    images: ImageTable
    request: RequestScan
    now: Clock
    recent_pull_days: int
    rescan_after_days: int

    def weekly(self) -> int:
        """Request a scan of every image pulled recently whose last scan is a week old; say how many."""
        now = self.now()
        pulled = self.images.pulled_since(now - timedelta(days=self.recent_pull_days))
        due = [answer.health for answer in pulled if self._due(answer.health, now)]
        return sum(self._request(one, f"rescan-{self._period(now)}", Trigger.RESCAN) for one in due)

    def for_advisories(self, snapshot: str) -> int:
        """Request a scan of every image that was not matched with a snapshot yet; say how many."""
        due = [answer.health for answer in self.images.listed() if _other_snapshot(answer.health, snapshot)]
        return sum(self._request(one, _advisory_scan(one, snapshot), Trigger.ADVISORY) for one in due)

    def _period(self, now: datetime) -> str:
        """Name the span of time in which an image is rescanned once: the ISO week, or the day where that is longer."""
        if self.rescan_after_days < _WEEK:
            return f"{now:%Y%m%d}"
        return "{}W{:02d}".format(*now.isocalendar()[:2])

    def _due(self, health: ImageHealth, now: datetime) -> bool:
        if health.last_scan is None:
            return not health.scanning
        return health.last_scan.time <= now - timedelta(days=self.rescan_after_days) + _TOLERANCE

    def _request(self, health: ImageHealth, scan_id: str, trigger: Trigger) -> bool:
        requested = ScanRequested(scan_id=scan_id, repository=health.repository, trigger=trigger)
        about = ImageId(health.registry, health.digest)
        return self.request.of_image(about, requested, cause=scan_id, actor="timer")


def _advisory_scan(health: ImageHealth, snapshot: str) -> str:
    # Advisories may go back to what they were: the same snapshot after another scan is another cause.
    after = health.last_scan.id if health.last_scan else ""
    return f"advisory-{uuid5(NAMESPACE_URL, snapshot + ' ' + after)}"


def _other_snapshot(health: ImageHealth, snapshot: str) -> bool:
    if health.last_scan is None:
        return health.failure is FailureReason.NO_ADVISORIES
    return health.health is not Health.UNSUPPORTED and health.last_scan.advisory_snapshot != snapshot
