"""A tag moves: the images that held it are told that it no longer names them.

A tag names one manifest at a time; the latest push by the registry's clock wins, whatever order events arrive in.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from shared.domain import image, image_decisions
from shared.domain.events import ImageUntagged
from shared.domain.references import ImageId
from shared.domain.registry_activity import RegistryPush
from shared.eventlog.streams import image_stream
from shared.eventlog.transact import Transactor
from shared.projections.tags import TagOwner, TagTable
from shared.services.commands import command
from shared.storage.tables import RowChanged

_ATTEMPTS = 8


@dataclass(frozen=True)
class TagTarget:
    """What a tag names: the digest that was pushed, and the images that it stands for (several for an index)."""

    digest: str
    images: tuple[str, ...]


@dataclass(frozen=True)
class MoveTag:
    """Keeps the table of tag owners, and appends ``image-untagged`` to the streams that lose a tag."""

    transactor: Transactor
    tags: TagTable

    def __call__(self, pushed: RegistryPush, target: TagTarget) -> None:
        """Let the newest of the known pushes own the tag; the losers are told before the owner is changed."""
        if pushed.tag is None:
            return
        claim = TagOwner(digest=target.digest, images=target.images, since=pushed.at)
        for _ in range(_ATTEMPTS):
            owner, etag = self.tags.get(pushed.registry, pushed.repository, pushed.tag)
            if owner is not None and (owner.since, owner.digest) > (claim.since, claim.digest):
                self._untag(pushed, pushed.tag, claim, owner)
                return
            if owner is not None:
                self._untag(pushed, pushed.tag, owner, claim)
            if owner == claim:
                return
            try:
                self.tags.put(pushed.registry, pushed.repository, pushed.tag, claim, etag)
            except RowChanged:
                continue
            return
        raise RowChanged(f"tag {pushed.repository}:{pushed.tag} moves too often")

    def _untag(self, pushed: RegistryPush, tag: str, loser: TagOwner, winner: TagOwner) -> None:
        for digest in loser.images:
            if digest not in winner.images:
                self._tell(pushed, digest, ImageUntagged(pushed.repository, tag, winner.digest), winner.since)

    def _tell(self, pushed: RegistryPush, digest: str, untagged: ImageUntagged, at: datetime) -> None:
        told = command(
            # Told again after a later push at the same time, which has opened the tag again.
            f"untag-{untagged.repository}:{untagged.tag}-{at.isoformat()}-{pushed.event_id}",
            untagged,
            at=at,
            actor=pushed.actor,
            cause=pushed.event_id,
        )
        self.transactor.run(
            image_stream(ImageId(pushed.registry, digest)),
            image.fold,
            told,
            lambda state: image_decisions.untag(state, untagged, at),
        )
