"""Read how far one scan is."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from shared.domain import image, image_index
from shared.domain.events import IndexResolved, RecordedEvent, ScanCompleted, ScanFailed
from shared.domain.references import ImageId
from shared.eventlog.interface import EventLog
from shared.eventlog.streams import image_stream, index_stream


class ScanStatus(msgspec.Struct, frozen=True, rename="camel"):
    """A scan: ``running``, ``completed`` or ``failed``; ``images`` are the digests that its result is shown under."""

    id: str
    registry: str
    digest: str
    status: str
    reason: str
    images: tuple[str, ...]


@dataclass(frozen=True)
class QueryScan:
    """Looks a scan up in the stream of its image or index."""

    log: EventLog

    def __call__(self, about: ImageId, scan_id: str) -> ScanStatus | None:
        """Return a scan, or None where no such scan was requested."""
        events = self.log.load(image_stream(about)).events
        known = scan_id in image.fold(events).scan_ids
        if not known:
            events = self.log.load(index_stream(about.registry, about.digest)).events
            known = scan_id in image_index.fold(events).scan_ids
        return _status(about, scan_id, [*events]) if known else None


def _status(about: ImageId, scan_id: str, events: list[RecordedEvent]) -> ScanStatus:
    status, reason = "running", ""
    images: tuple[str, ...] = (about.digest,)
    for recorded in events:
        match recorded.event:
            case ScanCompleted() as event if event.scan_id == scan_id:
                status, reason = "completed", event.reason
            case ScanFailed() as event if event.scan_id == scan_id:
                status, reason = "failed", event.message
            case IndexResolved() as event if event.scan_id == scan_id:
                status, images = "completed", tuple(one.digest for one in event.images)
            case _:
                pass
    return ScanStatus(scan_id, about.registry, about.digest, status, reason, images)
