"""An index was deleted: its images, which stay in the registry under their digests, lose the tags that it gave them."""

from __future__ import annotations

from dataclasses import dataclass

from shared.domain import image, image_decisions, image_index
from shared.domain.events import ImageDeleted, ImageUntagged, RecordedEvent
from shared.domain.references import ImageId
from shared.eventlog.interface import EventLog, StreamName
from shared.eventlog.streams import image_of, image_stream
from shared.eventlog.transact import Transactor
from shared.services.commands import command


@dataclass(frozen=True)
class UntagIndex:
    """Appends ``image-untagged`` to the streams of a deleted index's images.

    Whoever deletes an index and whoever finds its images call this after their own append to its stream: the second
    of the two sees both, whichever it is.
    """

    log: EventLog
    transactor: Transactor

    def __call__(self, index: StreamName) -> None:
        """Take the tags from the images, as of the last deletion from each repository; again changes nothing."""
        events = self.log.load(index).events
        last: dict[str, RecordedEvent] = {}
        for recorded in sorted(events, key=lambda one: one.meta.occurred_at):
            if isinstance(recorded.event, ImageDeleted):
                last[recorded.event.repository] = recorded
        for repository, deletion in last.items():
            for one in image_index.fold(events).images or ():
                self._untag(image_of(index), one.digest, repository, deletion)

    def _untag(self, index: ImageId, digest: str, repository: str, deletion: RecordedEvent) -> None:
        name, at, meta = image_stream(ImageId(index.registry, digest)), deletion.meta.occurred_at, deletion.meta
        use = image.fold(self.log.load(name).events).repositories.get(repository)
        for tag, tagged in use.tags.items() if use else ():
            if tagged.index != index.digest:
                continue
            untagged = ImageUntagged(repository=repository, tag=tag, moved_to=None)
            told = command(f"untag-{meta.cause}-{tag}", untagged, at=at, actor=meta.actor, cause=meta.cause)
            self.transactor.run(
                name,
                image.fold,
                told,
                lambda state, untagged=untagged: image_decisions.untag(state, untagged, at),  # type: ignore[misc]
            )
