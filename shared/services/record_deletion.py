"""A manifest was deleted from a repository: its findings close at once."""

from __future__ import annotations

from dataclasses import dataclass

from shared.domain import image, image_decisions, image_index
from shared.domain.events import ImageDeleted
from shared.domain.references import ImageId
from shared.domain.registry_activity import RegistryDeletion
from shared.eventlog.interface import EventLog, StreamName
from shared.eventlog.streams import image_stream, index_stream
from shared.eventlog.transact import Transactor
from shared.services.commands import command
from shared.services.untag_index import UntagIndex


@dataclass(frozen=True)
class RecordDeletion:
    """Appends a deletion to the stream of its image or index; events do not say which of the two it was."""

    log: EventLog
    transactor: Transactor

    def __call__(self, gone: RegistryDeletion) -> None:
        """Record a deletion; doing so again, late or out of order changes nothing."""
        index = index_stream(gone.registry, gone.digest)
        if self.log.load(index).version == 0:
            self._image(gone)
        else:
            self._index(gone, index)

    def seen(self, gone: RegistryDeletion) -> bool:
        """Record that a registry was seen to have a manifest no longer; say whether that was news.

        What was pushed since stays.
        """
        deleted = ImageDeleted(repository=gone.repository)
        told = command(f"close-{gone.event_id}", gone, at=gone.at, actor=gone.actor, cause=gone.event_id)
        index = index_stream(gone.registry, gone.digest)
        if self.log.load(index).version == 0:
            name = image_stream(ImageId(gone.registry, gone.digest))
            told_of = self.transactor.run(
                name, image.fold, told, lambda state: image_decisions.close(state, deleted, gone.at)
            )
            return bool(told_of.events)
        told_of = self.transactor.run(
            index, image_index.fold, told, lambda state: image_index.close(state, deleted, gone.at)
        )
        UntagIndex(self.log, self.transactor)(index)
        return bool(told_of.events)

    def _image(self, gone: RegistryDeletion) -> None:
        deleted = ImageDeleted(repository=gone.repository)
        told = command(f"delete-{gone.event_id}", gone, at=gone.at, actor=gone.actor, cause=gone.event_id)
        self.transactor.run(
            image_stream(ImageId(gone.registry, gone.digest)),
            image.fold,
            told,
            lambda state: image_decisions.delete(state, deleted, gone.at),
        )

    def _index(self, gone: RegistryDeletion, name: StreamName) -> None:
        deleted = ImageDeleted(repository=gone.repository)
        told = command(f"delete-{gone.event_id}", gone, at=gone.at, actor=gone.actor, cause=gone.event_id)
        self.transactor.run(name, image_index.fold, told, lambda state: image_index.delete(state, deleted, gone.at))
        UntagIndex(self.log, self.transactor)(name)
