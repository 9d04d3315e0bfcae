"""The image aggregate: what the stream of one image says (``image|{registry}|{digest}``)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import singledispatch

import msgspec

from shared.domain.events import (
    DomainEvent,
    ImageDeleted,
    ImagePulled,
    ImageTagged,
    ImageUntagged,
    Meta,
    RecordedEvent,
    ReportsDeleted,
    ScanCompleted,
    ScanFailed,
    ScanRequested,
    Trigger,
)


class TagUse(msgspec.Struct, frozen=True):
    """A tag that pointed to the image ``since`` a time, ``until`` it moved on (None: it still does).

    ``index`` is the digest of the index through which it did, None where it named the image itself.
    """

    since: datetime
    until: datetime | None = None
    moved_to: str | None = None
    index: str | None = None


class RepositoryUse(msgspec.Struct, frozen=True):
    """The image in one repository: its last push, its deletion, and its tags ever used there."""

    pushed_at: datetime | None = None
    deleted_at: datetime | None = None
    tags: Mapping[str, TagUse] = {}

    @property
    def present(self) -> bool:
        """Say whether the image can be pulled from this repository."""
        return self.deleted_at is None or (self.pushed_at is not None and self.pushed_at > self.deleted_at)

    @property
    def current_tags(self) -> tuple[str, ...]:
        """The tags that point to the image now."""
        return tuple(sorted(tag for tag, use in self.tags.items() if use.until is None)) if self.present else ()

    @property
    def tagged(self) -> bool:
        """Say whether any tag points to the image now."""
        return self.present and any(use.until is None for use in self.tags.values())


class OpenScan(msgspec.Struct, frozen=True):
    """A scan that was requested and has not ended."""

    scan_id: str
    repository: str
    trigger: Trigger
    requested_at: datetime
    correlation_id: str


class EndedScan(msgspec.Struct, frozen=True):
    """A scan that completed, with the time of its event."""

    event: ScanCompleted
    at: datetime


class FailedScan(msgspec.Struct, frozen=True):
    """A scan that failed, with the time of its event."""

    event: ScanFailed
    at: datetime


class Charge(msgspec.Struct, frozen=True):
    """The one charge of an image: when, for which repository, and the event that caused it."""

    at: datetime
    repository: str
    event_id: str


class ImageState(msgspec.Struct, frozen=True):
    """Everything that the events of an image say; ``version`` 0 is an image nobody has heard of."""

    version: int = 0
    repositories: Mapping[str, RepositoryUse] = {}
    open_scans: Mapping[str, OpenScan] = {}
    scan_ids: frozenset[str] = frozenset()
    last_scan: EndedScan | None = None
    last_failure: FailedScan | None = None
    charge: Charge | None = None
    first_seen: datetime | None = None
    last_pushed: datetime | None = None
    last_pulled: datetime | None = None
    media_type: str = ""

    @property
    def present_repositories(self) -> tuple[str, ...]:
        """The repositories from which the image can be pulled, the first used first."""
        return tuple(name for name, use in self.repositories.items() if use.present)

    @property
    def deleted(self) -> bool:
        """Say whether the image was deleted from every repository that it was known in."""
        return bool(self.repositories) and not self.present_repositories


def fold(events: Iterable[RecordedEvent], state: ImageState | None = None) -> ImageState:
    """Fold events into a state, from the first event on or on top of a given state."""
    state = state or ImageState()
    for recorded in events:
        state = evolve(state, recorded)
    return state


def evolve(state: ImageState, recorded: RecordedEvent) -> ImageState:
    """Fold one event into the state."""
    state = msgspec.structs.replace(state, version=recorded.version)
    return _evolve(recorded.event, state, recorded.meta)


@singledispatch
def _evolve(event: DomainEvent, state: ImageState, meta: Meta) -> ImageState:
    raise TypeError(f"{type(event).__name__} does not belong into the stream of an image")


@_evolve.register
def _(event: ImageTagged, state: ImageState, meta: Meta) -> ImageState:
    use = state.repositories.get(event.repository, RepositoryUse())
    tags = dict(use.tags)
    if event.tag is not None:
        tags[event.tag] = _tag_use(use, event.tag, meta.occurred_at, event.index)
    use = msgspec.structs.replace(use, pushed_at=_later(use.pushed_at, meta.occurred_at), tags=tags)
    return msgspec.structs.replace(
        state,
        repositories={**state.repositories, event.repository: use},
        first_seen=_earlier(state.first_seen, meta.occurred_at),
        last_pushed=_later(state.last_pushed, meta.occurred_at),
        media_type=event.media_type or state.media_type,
    )


@_evolve.register
def _(event: ImageUntagged, state: ImageState, meta: Meta) -> ImageState:
    use = state.repositories.get(event.repository)
    if use is None or event.tag not in use.tags:
        return state
    ended = msgspec.structs.replace(use.tags[event.tag], until=meta.occurred_at, moved_to=event.moved_to)
    use = msgspec.structs.replace(use, tags={**use.tags, event.tag: ended})
    return msgspec.structs.replace(state, repositories={**state.repositories, event.repository: use})


@_evolve.register
def _(event: ImagePulled, state: ImageState, meta: Meta) -> ImageState:
    return msgspec.structs.replace(
        state,
        repositories=_with(state.repositories, event.repository),
        first_seen=_earlier(state.first_seen, meta.occurred_at),
        last_pulled=_later(state.last_pulled, meta.occurred_at),
    )


@_evolve.register
def _(event: ImageDeleted, state: ImageState, meta: Meta) -> ImageState:
    use = state.repositories.get(event.repository, RepositoryUse())
    at = meta.occurred_at
    tags = {
        tag: tagged if tagged.until or tagged.since > at else msgspec.structs.replace(tagged, until=at)
        for tag, tagged in use.tags.items()
    }
    use = msgspec.structs.replace(use, deleted_at=_later(use.deleted_at, at), tags=tags)
    return msgspec.structs.replace(state, repositories={**state.repositories, event.repository: use})


@_evolve.register
def _(event: ScanRequested, state: ImageState, meta: Meta) -> ImageState:
    scan = OpenScan(
        scan_id=event.scan_id,
        repository=event.repository,
        trigger=event.trigger,
        requested_at=meta.recorded_at,
        correlation_id=meta.correlation_id,
    )
    return msgspec.structs.replace(
        state,
        open_scans={**state.open_scans, scan.scan_id: scan},
        scan_ids=state.scan_ids | {scan.scan_id},
        repositories=_with(state.repositories, event.repository),
        first_seen=_earlier(state.first_seen, meta.occurred_at),
    )


@_evolve.register
def _(event: ScanCompleted, state: ImageState, meta: Meta) -> ImageState:
    charge = state.charge
    if event.charged and charge is None:
        charge = Charge(at=meta.recorded_at, repository=event.repository, event_id=meta.correlation_id)
    return msgspec.structs.replace(
        state,
        open_scans=_without(state.open_scans, event.scan_id),
        last_scan=EndedScan(event=event, at=meta.recorded_at) if _newer(event, state.last_scan) else state.last_scan,
        last_failure=None,
        charge=charge,
    )


@_evolve.register
def _(event: ScanFailed, state: ImageState, meta: Meta) -> ImageState:
    return msgspec.structs.replace(
        state,
        open_scans=_without(state.open_scans, event.scan_id),
        last_failure=FailedScan(event=event, at=meta.recorded_at),
    )


@_evolve.register
def _(event: ReportsDeleted, state: ImageState, meta: Meta) -> ImageState:
    return state


def _tag_use(use: RepositoryUse, tag: str, at: datetime, index: str | None) -> TagUse:
    """Give the use of a tag after a push; one that comes late reopens nothing that has ended since."""
    known = use.tags.get(tag)
    if known is not None and (known.until or known.since) >= at:
        # Of two pushes at one time the owner of the tag decides, and tells the one that has lost it (MoveTag).
        drawn = known.until == at and known.moved_to is not None
        if not drawn:
            return known
    gone = use.deleted_at if use.deleted_at is not None and use.deleted_at >= at else None
    return TagUse(since=at, until=gone, index=index)


def _with(repositories: Mapping[str, RepositoryUse], name: str) -> Mapping[str, RepositoryUse]:
    return repositories if name in repositories else {**repositories, name: RepositoryUse()}


def _newer(event: ScanCompleted, last: EndedScan | None) -> bool:
    # Two scans may overlap: the one that opened the advisories later stands, whichever ends last.
    if last is None or last.event.advisories_at is None or event.advisories_at is None:
        return True
    return event.advisories_at >= last.event.advisories_at


def _without(scans: Mapping[str, OpenScan], scan_id: str) -> Mapping[str, OpenScan]:
    return {key: scan for key, scan in scans.items() if key != scan_id}


def _later(one: datetime | None, other: datetime) -> datetime:
    return other if one is None else max(one, other)


def _earlier(one: datetime | None, other: datetime) -> datetime:
    return other if one is None else min(one, other)
