"""Find the images of an index: each is scanned like one that was pushed alone, and gets the index's tag."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shared.domain import image, image_decisions, image_index
from shared.domain.events import (
    DomainEvent,
    ImageTagged,
    IndexResolved,
    RecordedEvent,
    ResolvedImage,
    ScanFailed,
    ScanRequested,
    Trigger,
)
from shared.domain.failures import FailureReason, ScanFailure
from shared.domain.image import ImageState
from shared.domain.references import ImageId
from shared.domain.registry_activity import RegistryPush
from shared.eventlog.interface import EventLog, StreamName
from shared.eventlog.streams import image_of, image_stream
from shared.eventlog.transact import Transactor
from shared.registry.interface import ImageRegistry, IndexManifest
from shared.services.commands import Clock, command
from shared.services.move_tag import MoveTag, TagTarget
from shared.services.untag_index import UntagIndex

# What one event and one row can name (64 KiB a property); indexes for every platform there is list about twenty.
_MOST_IMAGES = 100


@dataclass(frozen=True)
class ResolveIndex:
    """Pulls an index, records its images, and only then ends the index's own scan."""

    log: EventLog
    transactor: Transactor
    registry: ImageRegistry
    move_tag: MoveTag
    now: Clock

    def __call__(self, name: StreamName, scan_id: str) -> None:
        """Resolve an index whose scan is open; raise ScanFailure."""
        events = self.log.load(name).events
        requested = image_index.fold(events).open_scans.get(scan_id)
        if requested is not None:
            self._resolve(name, requested, events)
        UntagIndex(self.log, self.transactor)(name)  # it may have been deleted meanwhile

    def _resolve(self, name: StreamName, requested: ScanRequested, events: Sequence[RecordedEvent]) -> None:
        images = self._images(image_of(name), requested.repository)
        push = _push_of(events, requested.scan_id)
        # An index that was deleted and is there again was pushed anew: that push has its own scan, this one no name.
        if push is None or not image_index.deleted_since(
            image_index.fold(events), requested.repository, push.meta.occurred_at
        ):
            for one in images:
                self._request(image_of(name), one, requested, push)
            if push is not None:
                self._move_tag(image_of(name), push, images)
        self._end(name, IndexResolved(scan_id=requested.scan_id, images=images))

    def fail(self, name: StreamName, failed: ScanFailed) -> None:
        """Append that an index could not be resolved, unless it was."""
        told = command(f"ended-{failed.scan_id}", failed.scan_id, at=self.now(), actor="scanner", cause=failed.scan_id)
        self.transactor.run(name, image_index.fold, told, lambda state: image_index.fail(state, failed))

    def _images(self, index: ImageId, repository: str) -> tuple[ResolvedImage, ...]:
        manifest = self.registry.manifest(index.registry, repository, index.digest)
        if not isinstance(manifest, IndexManifest):
            raise ScanFailure(FailureReason.MANIFEST_INVALID, f"{index.digest} was announced as an index and is none")
        images = tuple(
            ResolvedImage(digest=entry.digest, media_type=entry.media_type, platform=entry.platform)
            for entry in manifest.entries
            if not entry.is_attestation
        )
        if len(images) > _MOST_IMAGES:
            text = f"index {index.digest} lists {len(images)} images, at most {_MOST_IMAGES} are scanned: split it"
            raise ScanFailure(FailureReason.LIMIT_EXCEEDED, text)
        return images

    def _request(
        self, index: ImageId, one: ResolvedImage, requested: ScanRequested, push: RecordedEvent | None
    ) -> None:
        name = image_stream(ImageId(index.registry, one.digest))
        scan_id = requested.scan_id
        wanted = ScanRequested(scan_id=scan_id, repository=requested.repository, trigger=requested.trigger)
        if push is None or not isinstance(push.event, ImageTagged):
            told = command(f"index-{scan_id}", wanted, at=self.now(), actor="scanner", cause=scan_id)
            self.transactor.run(name, image.fold, told, lambda state: image_decisions.request_scan(state, wanted))
            return
        at, meta = push.meta.occurred_at, push.meta
        tagged = ImageTagged(requested.repository, push.event.tag, one.media_type, index.digest)
        told = command(
            f"index-{scan_id}", tagged, at=at, actor=meta.actor, cause=scan_id, correlation_id=meta.correlation_id
        )

        def decide(state: ImageState) -> list[DomainEvent]:
            if wanted.trigger in (Trigger.PUSH, Trigger.IMPORT):
                return image_decisions.push(state, tagged, scan_id, at, wanted.trigger)
            return image_decisions.observe(state, tagged, wanted)  # asked for, though there may be an answer

        self.transactor.run(name, image.fold, told, decide)

    def _move_tag(self, index: ImageId, push: RecordedEvent, images: tuple[ResolvedImage, ...]) -> None:
        event = push.event
        if not isinstance(event, ImageTagged):
            return
        pushed = RegistryPush(
            event_id=push.meta.cause,
            registry=index.registry,
            repository=event.repository,
            digest=index.digest,
            tag=event.tag,
            media_type=event.media_type,
            at=push.meta.occurred_at,
            actor=push.meta.actor,
        )
        self.move_tag(pushed, TagTarget(index.digest, tuple(one.digest for one in images)))

    def _end(self, name: StreamName, resolved: IndexResolved) -> None:
        told = command(
            f"ended-{resolved.scan_id}", resolved.scan_id, at=self.now(), actor="scanner", cause=resolved.scan_id
        )
        self.transactor.run(name, image_index.fold, told, lambda state: image_index.resolve(state, resolved))


def _push_of(events: Sequence[RecordedEvent], scan_id: str) -> RecordedEvent | None:
    """Find the push that asked for a scan: both events were appended by one command, so they share their cause."""
    asked = (one for one in events if isinstance(one.event, ScanRequested) and one.event.scan_id == scan_id)
    cause = next((one.meta.cause for one in asked), None)
    return next((one for one in events if isinstance(one.event, ImageTagged) and one.meta.cause == cause), None)
