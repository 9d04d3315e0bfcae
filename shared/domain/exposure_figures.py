"""The figures of exposure: time to remediate, share within a target, and what is open; see ``docs/EXPOSURE.md``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from statistics import fmean, median

import msgspec

from shared.domain.exposure import Outcome
from shared.domain.severity import Severity

DEFAULT_TARGETS: Mapping[Severity, float] = {
    Severity.CRITICAL: 15,
    Severity.HIGH: 30,
    Severity.MEDIUM: 90,
    Severity.LOW: 180,
    Severity.UNKNOWN: 30,  # it may be anything
}
"""Days within which findings are to be remediated; there is no target for negligible ones."""

_DAY = 86_400_000_000  # microseconds


class ExposureFigures(msgspec.Struct, frozen=True, rename="camel"):
    """Figures of findings: those remediated in a window, with the days that took, and those open at its end.

    Means and shares are None where there is nothing to take them of. ``past_target`` and ``disabled`` are of the open
    ones; ``no_longer_reported`` ended in the window without being remediated.
    """

    remediated: int
    mean_days: float | None
    median_days: float | None
    within_target: int
    within_target_share: float | None
    open: int
    past_target: int
    disabled: int
    no_longer_reported: int


class TimedFinding(msgspec.Struct, frozen=True, array_like=True):
    """A finding as of the end of a window; times are microseconds since 1970."""

    registry: str
    repository: str
    severity: Severity
    since: int
    ended: int | None
    how: Outcome | None
    disabled: bool


@dataclass(frozen=True)
class Reckoning:
    """The window, in microseconds since 1970, and the targets, in days."""

    begin: int
    end: int
    targets: Mapping[Severity, float]


@dataclass
class Tally:
    """What findings add up to."""

    days: list[float] = field(default_factory=list)
    targeted: int = 0
    within: int = 0
    open: int = 0
    past: int = 0
    disabled: int = 0
    unreported: int = 0

    def add(self, found: TimedFinding, how: Reckoning, count: int = 1) -> None:
        """Count so many findings that went the same way; what was replaced before it was known was never open."""
        target = how.targets.get(found.severity)
        if found.ended is None:
            self.open += count
            self.disabled += count * found.disabled
            self.past += count * (target is not None and how.end - found.since > target * _DAY)
        elif found.ended >= how.begin:
            self._ended(found, found.ended - found.since, target, count)

    def _ended(self, found: TimedFinding, spent: int, target: float | None, count: int) -> None:
        if found.how is Outcome.NO_LONGER_REPORTED:
            self.unreported += count
        elif spent > 0 or found.how is Outcome.DELETED:
            self.days += [spent / _DAY] * count
            self.targeted += count * (target is not None)
            self.within += count * (target is not None and spent <= target * _DAY)

    def merge(self, other: Tally) -> None:
        """Add what others add up to."""
        self.days += other.days
        self.targeted += other.targeted
        self.within += other.within
        self.open += other.open
        self.past += other.past
        self.disabled += other.disabled
        self.unreported += other.unreported

    def figures(self) -> ExposureFigures:
        """Give the figures."""
        return ExposureFigures(
            remediated=len(self.days),
            mean_days=round(fmean(self.days), 3) if self.days else None,
            median_days=round(median(self.days), 3) if self.days else None,
            within_target=self.within,
            within_target_share=round(self.within / self.targeted, 4) if self.targeted else None,
            open=self.open,
            past_target=self.past,
            disabled=self.disabled,
            no_longer_reported=self.unreported,
        )


type Group = tuple[str, str, Severity]
"""Registry, repository and severity."""


def merged[Key](tallies: Iterable[tuple[Key, Tally]]) -> dict[Key, ExposureFigures]:
    """Add tallies of the same key up, and give the figures of each."""
    sums: dict[Key, Tally] = {}
    for key, tally in tallies:
        sums.setdefault(key, Tally()).merge(tally)
    return {key: tally.figures() for key, tally in sums.items()}
