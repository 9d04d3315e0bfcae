"""Make the table of tag owners anew from the log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from shared.domain import image, image_index
from shared.domain.image import TagUse
from shared.domain.references import ImageId
from shared.domain.stored_names import IMAGE_STREAM
from shared.eventlog.interface import EventLog
from shared.eventlog.streams import image_of, image_stream, index_stream
from shared.projections.tags import TagOwner, TagTable

type _Tag = tuple[str, str, str]  # registry, repository, tag


@dataclass(frozen=True)
class RestoreTags:
    """Gives each tag to the manifest that claimed it last; a claim in the table that is later stays."""

    log: EventLog
    tags: TagTable

    def __call__(self) -> int:
        """Read the streams of all images, and return how many tags have an owner."""
        claims: dict[_Tag, TagOwner] = {}
        for name in self.log.streams(IMAGE_STREAM):
            for tag, claim in self._claims(image_of(name)):
                if tag not in claims or _order(claims[tag]) < _order(claim):
                    claims[tag] = claim
        self._write(claims)
        return len(claims)

    def _claims(self, about: ImageId) -> Iterator[tuple[_Tag, TagOwner]]:
        state = image.fold(self.log.load(image_stream(about)).events)
        for repository, used in state.repositories.items():
            for tag, use in used.tags.items():
                yield (about.registry, repository, tag), self._owner(about, use)

    def _owner(self, about: ImageId, use: TagUse) -> TagOwner:
        if use.index is None:
            return TagOwner(about.digest, (about.digest,), use.since)
        index = image_index.fold(self.log.load(index_stream(about.registry, use.index)).events)
        images = tuple(one.digest for one in index.images or ())
        return TagOwner(use.index, images or (about.digest,), use.since)

    def _write(self, claims: Mapping[_Tag, TagOwner]) -> None:
        for (registry, repository, tag), claim in claims.items():
            owner, etag = self.tags.get(registry, repository, tag)
            if owner is None or _order(owner) < _order(claim):
                self.tags.put(registry, repository, tag, claim, etag)


def _order(owner: TagOwner) -> tuple[object, ...]:
    return owner.since, owner.digest
