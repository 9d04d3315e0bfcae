"""Which reports of an image are no longer needed.

What is needed: the reports that stood at any time since the cutoff, so that every answer as of such a time remains; the
one that the image was charged for; and those that stood when a rule in force was made,
or went by other exploited flaws or scores.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import batched
from typing import NamedTuple

from shared.domain import image
from shared.domain.events import DomainEvent, RecordedEvent, ReportsDeleted, ScanCompleted
from shared.domain.image import ImageState
from shared.domain.references import ImageId
from shared.domain.rules import Rule

_MOST_NAMES = 200  # of one event, which has room for about twice as many


class _Stood(NamedTuple):
    report: str
    since: datetime
    until: datetime | None


def needed_reports(
    about: ImageId, events: Sequence[RecordedEvent], rules: Iterable[Rule], cutoff: datetime
) -> set[str]:
    """Return the reports of an image that must be kept, under the rules in force."""
    stood = list(_stood(events))
    state = image.fold(events)
    concerning = [rule for rule in rules if _concerns(rule, about, state)]
    adopted = [at for rule in concerning if rule.signals for at in rule.signals.since]
    made = [at for at in (*adopted, *(at for rule in concerning for at in (rule.created, rule.changed))) if at]
    needed = {one.report for one in stood if one.until is None or one.until > cutoff or _covers(one, made)}
    for recorded in events:
        event = recorded.event
        if isinstance(event, ScanCompleted) and (event.charged or recorded.meta.recorded_at > cutoff):
            needed.add(event.report)
    return needed - {""}


def named_reports(events: Iterable[RecordedEvent]) -> set[str]:
    """Return all reports that an image ever had."""
    return {one.event.report for one in events if isinstance(one.event, ScanCompleted) and one.event.report}


def deleted_reports(events: Iterable[RecordedEvent]) -> set[str]:
    """Return the reports that were deleted, and that no later scan has made again."""
    deleted: set[str] = set()
    for recorded in events:
        match recorded.event:
            case ReportsDeleted(reports=names):
                deleted.update(names)
            case ScanCompleted(report=name):
                deleted.discard(name)
            case _:
                pass
    return deleted


def delete_reports(events: Sequence[RecordedEvent], names: set[str], needed: set[str], days: int) -> list[DomainEvent]:
    """Decide on the deletion of reports: only of those that are not needed, and once."""
    wanted = sorted(names & named_reports(events) - needed - deleted_reports(events))
    return [ReportsDeleted(some, days) for some in batched(wanted, _MOST_NAMES, strict=False)]


def _stood(events: Iterable[RecordedEvent]) -> Iterator[_Stood]:
    """Yield which report the answers rested on, and when."""
    state, standing = ImageState(), None
    for recorded in events:
        state = image.evolve(state, recorded)
        now = state.last_scan.event.report if state.last_scan else ""
        if standing and standing.report != now:
            yield standing._replace(until=recorded.meta.recorded_at)
        if standing is None or standing.report != now:
            standing = _Stood(now, recorded.meta.recorded_at, None)
    if standing:
        yield standing


def _concerns(rule: Rule, about: ImageId, state: ImageState) -> bool:
    return rule.scope.holds_for(about.registry, state.repositories, about.digest)


def _covers(stood: _Stood, times: Iterable[datetime]) -> bool:
    return any(stood.since <= time and (stood.until is None or time < stood.until) for time in times)
