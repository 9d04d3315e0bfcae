"""A manifest was deleted from a repository: its findings close at once."""

from __future__ import annotations

from dataclasses import dataclass

from shared.domain import image, image_decisions, image_index
from shared.domain.events import ImageDeleted, ImageUntagged
from shared.domain.references import ImageId
from shared.domain.registry_activity import RegistryDeletion
from shared.eventlog.interface import EventLog
from shared.eventlog.streams import image_stream, index_stream
from shared.eventlog.transact import Transactor
from shared.services.commands import command


@dataclass(frozen=True)
class RecordDeletion:
    """Appends a deletion to the stream of its image or index; events do not say which of the two it was."""

    log: EventLog
    transactor: Transactor

    def __call__(self, gone: RegistryDeletion) -> None:
        """Record a deletion; doing so again, late or out of order changes nothing."""
        index = image_index.fold(self.log.load(index_stream(gone.registry, gone.digest)).events)
        if index.version == 0:
            self._image(gone)
        else:
            self._index(gone, index)

    def _image(self, gone: RegistryDeletion) -> None:
        deleted = ImageDeleted(repository=gone.repository)
        told = command(f"delete-{gone.event_id}", gone, at=gone.at, actor=gone.actor, cause=gone.event_id)
        self.transactor.run(
            image_stream(ImageId(gone.registry, gone.digest)),
            image.fold,
            told,
            lambda state: image_decisions.delete(state, deleted, gone.at),
        )

    def _index(self, gone: RegistryDeletion, index: image_index.IndexState) -> None:
        """Take the tags of a deleted index from its images, which stay in the registry under their digests."""
        for one in index.images or ():
            self._untag(gone, ImageId(gone.registry, one.digest))
        deleted = ImageDeleted(repository=gone.repository)
        told = command(f"delete-{gone.event_id}", gone, at=gone.at, actor=gone.actor, cause=gone.event_id)
        name = index_stream(gone.registry, gone.digest)
        self.transactor.run(name, image_index.fold, told, lambda state: image_index.delete(state, deleted, gone.at))

    def _untag(self, gone: RegistryDeletion, one: ImageId) -> None:
        use = image.fold(self.log.load(image_stream(one)).events).repositories.get(gone.repository)
        for tag, tagged in use.tags.items() if use else ():
            if tagged.index != gone.digest:
                continue
            untagged = ImageUntagged(repository=gone.repository, tag=tag, moved_to=None)
            told = command(f"untag-{gone.event_id}-{tag}", untagged, at=gone.at, actor=gone.actor, cause=gone.event_id)
            self.transactor.run(
                image_stream(one),
                image.fold,
                told,
                lambda state, untagged=untagged: image_decisions.untag(state, untagged, gone.at),  # type: ignore[misc]
            )
