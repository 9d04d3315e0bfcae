"""Read the biography of tags: which image each named, from when to when, and what became of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import msgspec

from shared.domain.image import ImageState, TagUse
from shared.domain.image_health import Health
from shared.domain.references import ImageId
from shared.projections.image_rows import ImageTable
from shared.services.query_images import QueryImages


class TaggedImage(msgspec.Struct, frozen=True, rename="camel"):
    """An image that a tag named for a while; ``until`` is null while it still does.

    ``advice`` is said of an image that no tag names any more although it can be pulled.
    """

    registry: str
    repository: str
    tag: str
    digest: str
    since: datetime
    until: datetime | None
    moved_to: str | None
    index: str | None
    deleted: bool
    health: Health | None
    last_pulled: datetime | None
    advice: str


@dataclass(frozen=True)
class TagFilter:
    """What the tags of a repository are narrowed down to; None is no limit."""

    registry: str
    repository: str
    tag: str | None = None
    digest: str | None = None


class _Known(NamedTuple):
    about: ImageId
    state: ImageState
    health: Health | None  # None for what is deleted, or no image


@dataclass(frozen=True)
class QueryTags:
    """Reads one registry's images: each knows the tags that ever named it."""

    images: ImageTable
    query: QueryImages

    def __call__(self, wanted: TagFilter, at: datetime | None) -> list[TaggedImage]:
        """Return what tags of a repository named, newest first, as of a time or now (None)."""
        known = self._now(wanted) if at is None else self._then(wanted, at)
        found = [
            one for image in known if wanted.digest in (None, image.about.digest) for one in _tagged(image, wanted)
        ]
        return sorted(found, key=lambda one: (one.since, one.tag, one.digest), reverse=True)

    def _now(self, wanted: TagFilter) -> Iterator[_Known]:
        for about, row in self.images.of(wanted.registry):
            yield _Known(about, row.state, row.answer.health.health if row.answer.listed else None)

    def _then(self, wanted: TagFilter, at: datetime) -> Iterator[_Known]:
        for about, state, answer in self.query.states_at(at, wanted.registry):
            yield _Known(about, state, answer.health.health if answer.listed else None)


def _tagged(image: _Known, wanted: TagFilter) -> Iterator[TaggedImage]:
    use = image.state.repositories.get(wanted.repository)
    for name, time in use.tags.items() if use else ():
        if wanted.tag in (None, name):
            yield _image(image, wanted.repository, (name, time))


def _image(image: _Known, repository: str, tag: tuple[str, TagUse]) -> TaggedImage:
    name, use = tag
    deleted = not image.state.repositories[repository].present
    return TaggedImage(
        registry=image.about.registry,
        repository=repository,
        tag=name,
        digest=image.about.digest,
        since=use.since,
        until=use.until,
        moved_to=use.moved_to,
        index=use.index,
        deleted=deleted,
        health=image.health,
        last_pulled=image.state.last_pulled,
        advice="" if deleted else advice(image.state, repository),
    )


def advice(state: ImageState, repository: str) -> str:
    """Say what to do about an image that lost all its tags in a repository and can still be pulled; else nothing."""
    use = state.repositories[repository]
    ended = [(time.until, tag) for tag, time in use.tags.items() if time.until]
    if not use.present or use.current_tags or not ended:
        return ""
    until, tag = max(ended)
    pulled = f"last pulled {state.last_pulled:%Y-%m-%d}" if state.last_pulled else "never seen pulled"
    return f"was `{tag}` until {until:%Y-%m-%d}, {pulled}, still pullable by digest: delete it where nobody needs it"
