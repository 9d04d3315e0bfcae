"""The index aggregate: a name for several images (``index|{registry}|{digest}``). An index is never an image."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

import msgspec

from shared.domain.events import (
    DomainEvent,
    ImageDeleted,
    ImageTagged,
    IndexResolved,
    RecordedEvent,
    ResolvedImage,
    ScanFailed,
    ScanRequested,
)


class IndexState(msgspec.Struct, frozen=True):
    """What the events of an index say: the scans that still have to resolve it, and its images."""

    version: int = 0
    open_scans: Mapping[str, ScanRequested] = {}
    scan_ids: frozenset[str] = frozenset()
    images: tuple[ResolvedImage, ...] | None = None
    failure: ScanFailed | None = None
    pushed_at: Mapping[str, datetime] = {}
    deleted_at: Mapping[str, datetime] = {}

    @property
    def deleted(self) -> bool:
        """Say whether the index was deleted from every repository that it was pushed to."""
        return bool(self.pushed_at) and all(deleted_since(self, *pushed) for pushed in self.pushed_at.items())


def fold(events: Iterable[RecordedEvent]) -> IndexState:
    """Fold a whole stream."""
    state = IndexState()
    for recorded in events:
        state = evolve(state, recorded)
    return state


def evolve(state: IndexState, recorded: RecordedEvent) -> IndexState:
    """Fold one event into the state."""
    event = recorded.event
    state = msgspec.structs.replace(state, version=recorded.version)
    match event:
        case ScanRequested():
            return msgspec.structs.replace(
                state,
                open_scans={**state.open_scans, event.scan_id: event},
                scan_ids=state.scan_ids | {event.scan_id},
            )
        case IndexResolved():
            return msgspec.structs.replace(
                state, images=event.images, failure=None, open_scans=_without(state.open_scans, event.scan_id)
            )
        case ScanFailed():
            return msgspec.structs.replace(state, failure=event, open_scans=_without(state.open_scans, event.scan_id))
        case ImageDeleted():
            return msgspec.structs.replace(state, deleted_at=_latest(state.deleted_at, event.repository, recorded))
        case ImageTagged():
            return msgspec.structs.replace(state, pushed_at=_latest(state.pushed_at, event.repository, recorded))
        case _:
            raise TypeError(f"{type(event).__name__} does not belong into the stream of an index")


def push(
    state: IndexState, tagged: ImageTagged, requested: ScanRequested, *, scanning: bool = True
) -> list[DomainEvent]:
    """Decide on a push of an index: each push has to be resolved, since its tag must reach the images.

    Without ``scanning`` (the plan is off) it is noted only.
    """
    if requested.scan_id in state.scan_ids:
        return []
    return [tagged, requested] if scanning else [tagged]


def close(state: IndexState, deleted: ImageDeleted, at: datetime) -> list[DomainEvent]:
    """Decide on an index that a registry was seen to have no longer, unless it was pushed since."""
    pushed = state.pushed_at.get(deleted.repository)
    if pushed is None or pushed > at or deleted_since(state, deleted.repository, pushed):
        return []
    return [deleted]


def holds(state: IndexState, repository: str) -> bool:
    """Say whether an index is known to lie in a repository."""
    pushed = state.pushed_at.get(repository)
    return pushed is not None and not deleted_since(state, repository, pushed)


def request_scan(state: IndexState, requested: ScanRequested) -> list[DomainEvent]:
    """Decide on a scan of all images of an index that was asked for."""
    return [] if requested.scan_id in state.scan_ids else [requested]


def resolve(state: IndexState, resolved: IndexResolved) -> list[DomainEvent]:
    """Decide on the images of an index, once a scan."""
    return [resolved] if resolved.scan_id in state.open_scans else []


def fail(state: IndexState, failed: ScanFailed) -> list[DomainEvent]:
    """Decide on an index that could not be resolved, once a scan."""
    return [failed] if failed.scan_id in state.open_scans else []


def delete(state: IndexState, deleted: ImageDeleted, at: datetime) -> list[DomainEvent]:
    """Decide on the deletion of an index from a repository, unless a later one is known."""
    return [] if state.version == 0 or deleted_since(state, deleted.repository, at) else [deleted]


def deleted_since(state: IndexState, repository: str, at: datetime) -> bool:
    """Say whether an index was deleted from a repository at a time or later."""
    return repository in state.deleted_at and state.deleted_at[repository] >= at


def _without(scans: Mapping[str, ScanRequested], scan_id: str) -> Mapping[str, ScanRequested]:
    return {key: scan for key, scan in scans.items() if key != scan_id}


def _latest(times: Mapping[str, datetime], repository: str, recorded: RecordedEvent) -> Mapping[str, datetime]:
    at = recorded.meta.occurred_at
    return {**times, repository: max(at, times.get(repository, at))}
