"""What a registry was seen to hold, or to hold no longer, goes into the log; what is known already adds nothing."""

from __future__ import annotations

from dataclasses import dataclass

from shared.domain import image, image_decisions, image_index
from shared.domain.events import ImageTagged, ImageUntagged, ScanRequested, Trigger
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
class RecordFound:
    """Appends names that no event told of to the streams of their images and indexes."""

    transactor: Transactor
    move_tag: MoveTag
    plan: PlanReader

    def __call__(self, seen: RegistryPush) -> bool:
        """Record a manifest under a tag or without one, as an import; say whether the log learned anything."""
        tagged = ImageTagged(repository=seen.repository, tag=seen.tag, media_type=seen.media_type)
        on = self.plan().enabled
        if seen.media_type in INDEX_MANIFESTS:
            return self._index(seen, tagged, scanning=on)
        appended = self.transactor.run(
            image_stream(ImageId(seen.registry, seen.digest)),
            image.fold,
            _told("found", seen),
            lambda state: image_decisions.find(state, tagged, f"import-{seen.event_id}", seen.at, scanning=on),
        )
        self.move_tag(seen, TagTarget(seen.digest, (seen.digest,)))
        return bool(appended.events)

    def untag(self, seen: RegistryPush) -> bool:
        """Record that a tag no longer names an image, nor anything else; say whether the log learned anything."""
        assert seen.tag is not None
        untagged = ImageUntagged(seen.repository, seen.tag, None)
        appended = self.transactor.run(
            image_stream(ImageId(seen.registry, seen.digest)),
            image.fold,
            _told("untag", seen),
            lambda state: image_decisions.untag(state, untagged, seen.at),
        )
        return bool(appended.events)

    def _index(self, seen: RegistryPush, tagged: ImageTagged, *, scanning: bool) -> bool:
        requested = ScanRequested(f"import-{seen.event_id}", seen.repository, Trigger.IMPORT)
        appended = self.transactor.run(
            index_stream(seen.registry, seen.digest),
            image_index.fold,
            _told("found", seen),
            lambda state: image_index.push(state, tagged, requested, scanning=scanning),
        )
        return bool(appended.events)


def _told(what: str, seen: RegistryPush) -> Command:
    # The time is no part of what is told: a sweep that is taken up again looks at another time.
    content = (seen.registry, seen.repository, seen.digest, seen.tag)
    return command(f"{what}-{seen.event_id}", content, at=seen.at, actor=seen.actor, cause=seen.event_id)
