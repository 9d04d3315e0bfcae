"""What may happen to an image: each function decides which events a command adds, none where nothing changes.

Every trigger may deliver twice, late and out of order; times of the source decide, not the order of arrival.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from shared.domain.events import (
    DomainEvent,
    ImageDeleted,
    ImagePulled,
    ImageTagged,
    ImageUntagged,
    Outcome,
    ScanCompleted,
    ScanFailed,
    ScanRequested,
    Trigger,
)
from shared.domain.failures import FailureReason
from shared.domain.image import ImageState, RepositoryUse


def push(
    state: ImageState,
    tagged: ImageTagged,
    scan_id: str,
    at: datetime,
    trigger: Trigger = Trigger.PUSH,
    *,
    scanning: bool = True,
) -> list[DomainEvent]:
    """Decide on a push: the new name, and a scan unless the image has an answer or is being scanned.

    A push that is older than the deletion from that repository, or than a later push or move of the tag, changes
    nothing of that and is noted only, if it is the first that is known of the image; a manifest is immutable, so that
    a second push of a scanned digest needs no second scan. Without ``scanning`` (the plan is off) it is noted only.
    """
    use = state.repositories.get(tagged.repository, RepositoryUse())
    first = state.first_seen is None or at < state.first_seen
    events: list[DomainEvent] = [tagged] if first or _names_anew(use, tagged.tag, at) else []
    deleted_since = use.deleted_at is not None and use.deleted_at >= at
    if scanning and not deleted_since and _needs_scan(state) and scan_id not in state.scan_ids:
        events.append(ScanRequested(scan_id=scan_id, repository=tagged.repository, trigger=trigger))
    return events


def find(
    state: ImageState, tagged: ImageTagged, scan_id: str, at: datetime, *, scanning: bool = True
) -> list[DomainEvent]:
    """Decide on an image that a registry was seen to hold, under a tag or without one: what is known adds nothing.

    It is scanned as an import if nobody ever asked for that, or if the plan was off when somebody did.
    """
    if not holds(state, tagged.repository, tagged.tag):
        return push(state, tagged, scan_id, at, Trigger.IMPORT, scanning=scanning)
    if not scanning or not waits_for_scan(state) or scan_id in state.scan_ids:
        return []
    return [ScanRequested(scan_id=scan_id, repository=tagged.repository, trigger=Trigger.IMPORT)]


def holds(state: ImageState, repository: str, tag: str | None) -> bool:
    """Say whether an image is known to lie in a repository, under this tag if one is given."""
    use = state.repositories.get(repository)
    known = use is not None and use.pushed_at is not None and use.present
    return known and (tag is None or (use is not None and tag in use.current_tags))


def waits_for_scan(state: ImageState) -> bool:
    """Say whether an image that is there has no answer, and nobody is about to give one."""
    if state.open_scans or state.deleted:
        return False
    if state.last_failure is not None:
        return state.last_failure.event.reason is FailureReason.PLAN_OFF
    return state.last_scan is None


def untag(state: ImageState, untagged: ImageUntagged, at: datetime) -> list[DomainEvent]:
    """Decide on a tag that moved on: only one that points here, and since before that time."""
    use = state.repositories.get(untagged.repository)
    tag = use.tags.get(untagged.tag) if use else None
    if tag is None or tag.until is not None or tag.since > at:
        return []
    return [untagged]


def pull(
    state: ImageState, pulled: ImagePulled, scan_id: str, at: datetime, *, scanning: bool = True
) -> list[DomainEvent]:
    """Decide on a pull: noted at most once a day; an image that nobody announced is scanned as an import."""
    if state.last_pulled is not None and state.last_pulled.date() >= at.date():
        return []
    events: list[DomainEvent] = [pulled]
    if scanning and state.version == 0:
        events.append(ScanRequested(scan_id=scan_id, repository=pulled.repository, trigger=Trigger.IMPORT))
    return events


def delete(state: ImageState, deleted: ImageDeleted, at: datetime) -> list[DomainEvent]:
    """Decide on a deletion from a repository, unless a later one is known.

    It may overtake the push before it, which will then come too late; one that is older than the last push there
    takes only the tags from before it.
    """
    use = state.repositories.get(deleted.repository, RepositoryUse())
    return [] if use.deleted_at is not None and use.deleted_at >= at else [deleted]


def close(state: ImageState, deleted: ImageDeleted, at: datetime) -> list[DomainEvent]:
    """Decide on an image that a registry was seen to have no longer, unless it was pushed since or is known to be gone.

    Where no push is on record (a pull or a scan on demand told of it), what is known of it is older.
    """
    use = state.repositories.get(deleted.repository)
    if use is None or not use.present or (use.pushed_at is not None and use.pushed_at > at):
        return []
    return [deleted]


def request_scan(state: ImageState, requested: ScanRequested) -> list[DomainEvent]:
    """Decide on a scan that was asked for: never twice by the same id, never of a deleted image.

    While another scan is open only new advisories ask for one more: the open one may know the old ones.
    """
    return [requested] if not state.deleted and _may_start(state, requested) else []


def observe(state: ImageState, tagged: ImageTagged, requested: ScanRequested) -> list[DomainEvent]:
    """Decide on a scan of what a reference was seen to name just now.

    An image that nobody announced gets the tag, and one that was thought to be deleted is there again.
    """
    use = state.repositories.get(tagged.repository, RepositoryUse())
    known = use.present and (tagged.tag is None or tagged.tag in use.current_tags)
    events: list[DomainEvent] = [] if known else [tagged]
    return [*events, requested] if _may_start(state, requested) else events


def complete_scan(state: ImageState, completed: ScanCompleted) -> list[DomainEvent]:
    """Decide on the answer of a scan, once; the first answer that assesses the image charges it.

    An answer assesses when it covers the whole image or names at least one finding (DESIGN 7: failed scans and
    unsupported images cost nothing).
    """
    if completed.scan_id not in state.open_scans:
        return []
    summary = completed.summary
    assessed = completed.outcome is Outcome.ASSESSED and summary is not None
    answered = assessed and summary is not None and (not summary.gaps or sum(summary.severities.values()) > 0)
    return [msgspec.structs.replace(completed, charged=answered and state.charge is None)]


def fail_scan(state: ImageState, failed: ScanFailed) -> list[DomainEvent]:
    """Decide on a scan that could not be finished, once."""
    return [failed] if failed.scan_id in state.open_scans else []


def _names_anew(use: RepositoryUse, tag: str | None, at: datetime) -> bool:
    if use.pushed_at is None or use.pushed_at < at:
        return True
    known = use.tags.get(tag) if tag is not None else None
    return tag is not None and (known is None or (known.until or known.since) < at)


def _may_start(state: ImageState, requested: ScanRequested) -> bool:
    if requested.scan_id in state.scan_ids:
        return False
    return not state.open_scans or requested.trigger is Trigger.ADVISORY


def _needs_scan(state: ImageState) -> bool:
    if state.open_scans:
        return False
    if state.last_failure is not None or state.last_scan is None or state.deleted:
        return True
    return state.last_scan.event.outcome is Outcome.UNSUPPORTED
