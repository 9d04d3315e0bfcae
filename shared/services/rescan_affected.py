"""Rescans for new advisories: every image that their changes concern is matched anew.

Where they are many, or storage fails, a refresh requests the first of them only; a walk through all images goes on with
the rest, in all partitions at once.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING
from uuid import NAMESPACE_URL, uuid5
from weakref import ref

from shared.domain.events import AdvisoryChange, ScanRequested, Trigger
from shared.domain.messages import Seen, Walk, WalkMessage
from shared.domain.references import ImageId
from shared.domain.stored_names import IMAGE_STREAM
from shared.eventlog.failures import is_transient
from shared.eventlog.streams import image_of, image_stream
from shared.projections.image_rows import ImageTable, MatchedImage
from shared.services.affected_images import AffectedImages, Causes
from shared.services.commands import Clock
from shared.services.request_scan import RequestScan
from shared.services.rescan import asked_of
from shared.services.walk import Visit, Walker

if TYPE_CHECKING:
    from shared.advisories.change_log import ChangeLog

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class RescanAffected:
    """Requests scans that match stored inventories; ``changes`` gives what led to the snapshot in force."""

    walker: Walker
    images: ImageTable
    affected: AffectedImages
    request: RequestScan
    changes: Callable[[], ChangeLog | None]
    now: Clock
    at_once: int = 1_000
    kinds: Sequence[str] = (IMAGE_STREAM,)
    _lock: Lock = field(default_factory=Lock)
    _made_ready: list[ref[Causes]] = field(default_factory=list)

    def __call__(self, log: ChangeLog) -> int:
        """Request a scan of every image that the changes of advisories concern; say how many at once."""
        if not self.request.plan().enabled:
            return 0
        asked = 0
        try:
            for number, (image, changed) in enumerate(self.affected(log)):
                if number == self.at_once:
                    break
                asked += asked_of(image_stream(image.image), partial(self._request, image, changed)).sent
            else:
                return asked
        except Exception as error:
            # The next refresh is hours away; a walk goes on as soon as storage does.
            if not is_transient(error):
                raise
            _log.warning("the rescans for new advisories are left to a walk: %s", error)
        walk = WalkMessage(Walk.ADVISORIES, self.now(), f"advisories-{log.snapshot}")
        return asked + self.walker.begin(walk, self).sent

    def visitor(self, message: WalkMessage) -> Visit:
        """Make ready for a slice; what counts is the snapshot that is in force by now."""
        log = self.changes()
        if log is None:
            return lambda name: Seen(1)
        causes = self._causes(log)
        return lambda name: asked_of(name, lambda: self._image(image_of(name), causes))

    def _causes(self, log: ChangeLog) -> Causes:
        """Share what is made ready with the slices of other threads: it takes a look at every package set."""
        with self._lock:
            kept = next((found for one in self._made_ready if (found := one()) and found.log is log), None)
            if kept is None:
                kept = self.affected.causes(log)
                self._made_ready[:] = [ref(kept)]
            return kept

    def _image(self, about: ImageId, causes: Causes) -> bool:
        image = self.images.match(about)
        cause = causes(image) if image else None
        return bool(image and cause and self._request(image, cause))

    def _request(self, image: MatchedImage, changed: AdvisoryChange) -> bool:
        scan_id = _scan_id(image, changed.snapshot)
        requested = ScanRequested(scan_id, image.repository, Trigger.ADVISORY, changed)
        return self.request.of_image(image.image, requested, cause=scan_id, actor="timer")


def _scan_id(image: MatchedImage, snapshot: str) -> str:
    # Advisories may go back to what they were: the same snapshot after another scan is another cause.
    return f"advisory-{uuid5(NAMESPACE_URL, snapshot + ' ' + image.scan)}"
