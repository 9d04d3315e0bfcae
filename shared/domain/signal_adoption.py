"""By which exploited flaws rules go: decided on and folded as events of the rules' stream."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import batched

import msgspec

from shared.domain.events import DomainEvent, RecordedEvent, SignalsAdopted
from shared.domain.exploited_flaws import ExploitedFlaws
from shared.domain.exploits import ExploitSignals

_MOST_NAMES = 1000  # of one event, which has room for a few more


def evolve(before: ExploitedFlaws, recorded: RecordedEvent) -> ExploitedFlaws:
    """Fold one event into the catalog."""
    event = recorded.event
    if not isinstance(event, SignalsAdopted):
        return before
    cves = before.cves.difference(event.removed).union(event.added)
    return ExploitedFlaws(recorded.version, recorded.meta.recorded_at, event.at_hand, cves)


def adopt(before: ExploitedFlaws, cves: frozenset[str] | None) -> list[DomainEvent]:
    """Decide on going by a catalog from now on, or by none (None): nothing where that is so already.

    While the parts of a long change are told, none is at hand.
    """
    if cves is None:
        return [SignalsAdopted(at_hand=False)] if before.at_hand else []
    parts = list(_parts(before.cves - cves, cves - before.cves))
    if not parts and before.at_hand:
        return []
    last = parts.pop() if parts else SignalsAdopted(at_hand=True)
    return [*parts, msgspec.structs.replace(last, at_hand=True)]


def _parts(removed: frozenset[str], added: frozenset[str]) -> Iterator[SignalsAdopted]:
    for names in batched([*sorted(removed), *sorted(added)], _MOST_NAMES, strict=False):
        came, went = (tuple(name for name in names if name in some) for some in (added, removed))
        yield SignalsAdopted(at_hand=False, added=came, removed=went)


def relied_on(signals: ExploitSignals) -> frozenset[str] | None:
    """Return the CVEs that are known to be exploited; None where that cannot be relied on."""
    return None if signals.without_kev else signals.exploited()


def going_by(signals: ExploitSignals, before: ExploitedFlaws, at: datetime) -> ExploitedFlaws:
    """Return what rules would go by if signals were adopted at a time."""
    cves = relied_on(signals)
    if not adopt(before, cves):
        return before
    return ExploitedFlaws(before.version + 1, at, cves is not None, cves or frozenset())
