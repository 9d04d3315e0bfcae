"""Read the biography of tags: which image each named, from when to when, and what became of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import msgspec

from shared.domain.image import ImageState, TagUse
from shared.domain.image_health import Health
from shared.domain.references import ImageId
from shared.projections.image_rows import ImageRow, ImageTable


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
class QueryTags:
    """Reads the rows of one registry's images: each knows the tags that ever named it."""

    images: ImageTable

    def __call__(self, registry: str, repository: str, tag: str | None) -> list[TaggedImage]:
        """Return what the tags of a repository named, or one of them, newest first."""
        found = [one for about, row in self.images.of(registry) for one in _tagged(about, row, repository, tag)]
        return sorted(found, key=lambda one: (one.since, one.tag, one.digest), reverse=True)


def _tagged(about: ImageId, row: ImageRow, repository: str, tag: str | None) -> Iterator[TaggedImage]:
    use = row.state.repositories.get(repository)
    for name, time in use.tags.items() if use else ():
        if tag in (None, name):
            yield _image(about, row, repository, (name, time))


def _image(about: ImageId, row: ImageRow, repository: str, tag: tuple[str, TagUse]) -> TaggedImage:
    name, use = tag
    deleted = not row.state.repositories[repository].present
    return TaggedImage(
        registry=about.registry,
        repository=repository,
        tag=name,
        digest=about.digest,
        since=use.since,
        until=use.until,
        moved_to=use.moved_to,
        index=use.index,
        deleted=deleted,
        health=row.answer.health.health if row.answer.listed else None,
        last_pulled=row.state.last_pulled,
        advice="" if deleted else advice(row.state, repository),
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
