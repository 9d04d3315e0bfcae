"""Ask for a scan: on demand, for a rescan, or because advisories changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import msgspec

from shared.domain import image, image_decisions, image_index
from shared.domain.events import ImageTagged, ScanRequested, Trigger
from shared.domain.references import ImageId, is_digest
from shared.domain.registry_activity import RegistryPush
from shared.eventlog.interface import CommandReused, EventLog
from shared.eventlog.streams import image_stream, index_stream
from shared.eventlog.transact import Transactor
from shared.projections.plan import PlanReader
from shared.registry.interface import ImageManifest, ImageRegistry
from shared.services.commands import Clock, RequestConflict, command
from shared.services.move_tag import MoveTag, TagTarget


class PlanIsOff(Exception):
    """A scan was asked for while nothing is scanned."""


@dataclass(frozen=True)
class WantedScan:
    """A scan on demand: what a user named, who it was, and the id by which a repetition is known."""

    registry: str
    repository: str
    reference: str
    request_id: str
    actor: str


@dataclass(frozen=True)
class RequestedScan:
    """What came of it: the digest that the reference names now, and whether that is an index of several images."""

    scan_id: str
    registry: str
    digest: str
    is_index: bool


@dataclass(frozen=True)
class RequestScan:
    """Appends ``scan-requested``; the queue does the rest."""

    log: EventLog
    transactor: Transactor
    registry: ImageRegistry
    move_tag: MoveTag
    plan: PlanReader
    now: Clock

    def on_demand(self, wanted: WantedScan) -> RequestedScan:
        """Request a scan of what a tag or digest names now.

        Raise ScanFailure where the registry cannot tell, PlanIsOff where nothing is scanned.
        """
        if notice := self.plan().notice:
            raise PlanIsOff(f"{notice}: turn it on to have images scanned")
        seen_at = self.now()  # before the registry is asked: a push that comes meanwhile is the later one
        manifest = self.registry.manifest(wanted.registry, wanted.repository, wanted.reference)
        scan_id = f"manual-{wanted.request_id}"
        requested = ScanRequested(scan_id=scan_id, repository=wanted.repository, trigger=Trigger.MANUAL)
        found = ImageId(wanted.registry, manifest.digest)
        tag = None if is_digest(wanted.reference) else wanted.reference
        tagged = ImageTagged(repository=wanted.repository, tag=tag, media_type=manifest.media_type)
        ask = self._image if isinstance(manifest, ImageManifest) else self._index
        try:
            return ask(found, wanted, tagged, requested, seen_at)
        except CommandReused as error:
            raise RequestConflict(
                f"request {wanted.request_id} was made before, and asked for something else"
            ) from error

    def of_image(self, wanted: ImageId, requested: ScanRequested, *, cause: str, actor: str) -> bool:
        """Request a scan of an image; say whether that made a new one: none is made while the plan is off."""
        if not self.plan().enabled:
            return False
        # What advisories changed is told and not asked for: a second refresh may put the same into other words.
        content = msgspec.structs.replace(requested, changed=None)
        told = command(requested.scan_id, content, at=self.now(), actor=actor, cause=cause)
        appended = self.transactor.run(
            image_stream(wanted), image.fold, told, lambda state: image_decisions.request_scan(state, requested)
        )
        return bool(appended.events) and not appended.duplicate

    def _image(
        self, found: ImageId, wanted: WantedScan, tagged: ImageTagged, requested: ScanRequested, seen_at: datetime
    ) -> RequestedScan:
        told = command(requested.scan_id, requested, at=seen_at, actor=wanted.actor, cause=wanted.request_id)
        self.transactor.run(
            image_stream(found), image.fold, told, lambda state: image_decisions.observe(state, tagged, requested)
        )
        push = RegistryPush(
            wanted.request_id,
            found.registry,
            wanted.repository,
            found.digest,
            tagged.tag,
            tagged.media_type,
            seen_at,
            wanted.actor,
        )
        self.move_tag(push, TagTarget(found.digest, (found.digest,)))
        return RequestedScan(self._open_scan(found, requested.scan_id), found.registry, found.digest, is_index=False)

    def _index(
        self, found: ImageId, wanted: WantedScan, tagged: ImageTagged, requested: ScanRequested, seen_at: datetime
    ) -> RequestedScan:
        told = command(requested.scan_id, requested, at=seen_at, actor=wanted.actor, cause=wanted.request_id)
        name = index_stream(found.registry, found.digest)
        self.transactor.run(name, image_index.fold, told, lambda state: image_index.push(state, tagged, requested))
        return RequestedScan(requested.scan_id, found.registry, found.digest, is_index=True)

    def _open_scan(self, found: ImageId, scan_id: str) -> str:
        """Name the scan that will give the answer: one that was open already serves the request as well."""
        state = image.fold(self.log.load(image_stream(found)).events)
        if scan_id in state.scan_ids:
            return scan_id
        ended = [state.last_scan.event.scan_id] if state.last_scan else []  # it may have just ended
        return next(iter([*state.open_scans, *ended]), scan_id)
