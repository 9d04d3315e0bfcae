"""A manifest was pushed: note the name, ask for a scan, and move the tag away from the image that held it."""

from __future__ import annotations

from dataclasses import dataclass

from shared.domain import image, image_decisions, image_index
from shared.domain.events import ImageTagged, ScanRequested, Trigger
from shared.domain.media_types import INDEX_MANIFESTS
from shared.domain.references import ImageId
from shared.domain.registry_activity import RegistryPush
from shared.eventlog.interface import Command
from shared.eventlog.streams import image_stream, index_stream
from shared.eventlog.transact import Transactor
from shared.projections.plan import PlanReader
from shared.services.commands import command
from shared.services.move_tag import MoveTag, TagTarget


@dataclass(frozen=True)
class RecordPush:
    """Appends a push to the stream of its image or index."""

    transactor: Transactor
    move_tag: MoveTag
    plan: PlanReader

    def __call__(self, pushed: RegistryPush) -> None:
        """Record a push; doing so again, late or out of order changes nothing."""
        scan_id = f"push-{pushed.event_id}"
        told = command(f"push-{pushed.event_id}", pushed, at=pushed.at, actor=pushed.actor, cause=pushed.event_id)
        if pushed.media_type in INDEX_MANIFESTS:
            self._index(pushed, scan_id, told)
        else:
            self._image(pushed, scan_id, told)

    def _image(self, pushed: RegistryPush, scan_id: str, told: Command) -> None:
        tagged = ImageTagged(repository=pushed.repository, tag=pushed.tag, media_type=pushed.media_type)
        on = self.plan().enabled
        self.transactor.run(
            image_stream(ImageId(pushed.registry, pushed.digest)),
            image.fold,
            told,
            lambda state: image_decisions.push(state, tagged, scan_id, pushed.at, scanning=on),
        )
        if pushed.tag is not None:
            self.move_tag(pushed, TagTarget(pushed.digest, (pushed.digest,)))

    def _index(self, pushed: RegistryPush, scan_id: str, told: Command) -> None:
        tagged = ImageTagged(repository=pushed.repository, tag=pushed.tag, media_type=pushed.media_type)
        requested = ScanRequested(scan_id=scan_id, repository=pushed.repository, trigger=Trigger.PUSH)
        on = self.plan().enabled
        self.transactor.run(
            index_stream(pushed.registry, pushed.digest),
            image_index.fold,
            told,
            lambda state: image_index.push(state, tagged, requested, scanning=on),
        )
