"""What the log knows of a registry, by repository and digest: what a listing is compared with.

Images come from their projection, which may be a little behind: it only says where to look closer. What is then
written is decided on the stream itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from shared.domain import image_decisions, image_index
from shared.domain.image import ImageState, RepositoryUse, TagUse
from shared.domain.image_index import IndexState
from shared.domain.stored_names import INDEX_STREAM
from shared.eventlog.interface import EventLog, StreamName
from shared.eventlog.streams import image_of
from shared.projections.image_rows import ImageTable

_AFTER_DIGESTS = "z"  # follows the first letter of every digest, and no key escapes it


class KnownUse(NamedTuple):
    """A manifest in one repository: whether a push of it is known, whether it waits for a scan, and its tags now."""

    present: bool
    named: bool
    waits: bool
    deleted_at: datetime | None
    tags: Mapping[str, TagUse]
    is_index: bool = False


type KnownNames = Mapping[str, Mapping[str, KnownUse]]  # by repository, by digest


@dataclass(frozen=True)
class ReadKnownNames:
    """Gathers what is known of one registry, in one read of its projected images and one of its indexes."""

    log: EventLog
    images: ImageTable

    def __call__(self, registry: str) -> KnownNames:
        """Return every use of every manifest that was ever known, those that were deleted included."""
        names: dict[str, dict[str, KnownUse]] = {}
        for about, state in self.images.states(registry):
            for repository, use in state.repositories.items():
                names.setdefault(repository, {})[about.digest] = _of_image(state, use)
        # An index that was announced as an image has both streams: its own tells more.
        for digest, index in self._indexes(registry):
            for repository in index.pushed_at:
                names.setdefault(repository, {})[digest] = _of_index(index, repository)
        return names

    def _indexes(self, registry: str) -> Iterator[tuple[str, IndexState]]:
        after, last = (StreamName(INDEX_STREAM, (registry, end)) for end in ("", _AFTER_DIGESTS))
        for history in self.log.histories(INDEX_STREAM, after=after, last=last):
            yield image_of(history.name).digest, image_index.fold(history.read())


def _of_image(state: ImageState, use: RepositoryUse) -> KnownUse:
    tags = {tag: use.tags[tag] for tag in use.current_tags}
    waits = image_decisions.waits_for_scan(state)
    return KnownUse(use.present, use.pushed_at is not None, waits, use.deleted_at, tags)


def _of_index(state: IndexState, repository: str) -> KnownUse:
    waits = not state.open_scans and (state.images is None or state.failure is not None)
    present = image_index.holds(state, repository)
    return KnownUse(present, True, waits, state.deleted_at.get(repository), {}, is_index=True)
