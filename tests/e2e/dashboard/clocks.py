"""The exposure of a product: clocks of findings, and figures that the product's own sums make of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from shared.domain.exposure import FindingExposure, Outcome
from shared.domain.exposure_figures import DEFAULT_TARGETS, Reckoning, Tally, TimedFinding, merged
from shared.domain.severity import Severity
from shared.projections.findings_index.interface import Unanswered
from shared.projections.findings_index.whole_times import microseconds
from shared.services.query_exposure import Exposure, OldFinding

_NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)


@dataclass
class Clocks:
    """The clocks of images by digest, and what has none."""

    of_image: dict[str, Sequence[FindingExposure]] = field(default_factory=dict)
    untold: int = 0
    unanswered: Unanswered = field(default_factory=lambda: Unanswered(0, 0))

    def exposure(self, query: Mapping[str, str]) -> Any:
        """Return the body of ``GET /api/exposure``."""
        end = _NOW
        begin = datetime.fromisoformat(query["from"])
        how = Reckoning(microseconds(begin), microseconds(end), DEFAULT_TARGETS)
        tallies = list(self._tallies(how))
        none = Tally().figures()
        figures = merged(tallies)
        return msgspec.to_builtins(
            Exposure(
                begin=begin,
                end=end,
                target_days={str(severity): days for severity, days in DEFAULT_TARGETS.items()},
                total=merged([("", one) for _, one in tallies]).get("", none),
                severities={str(severity): figures.get(severity, none) for severity in Severity},
                registries=[],
                repositories=[],
                oldest=self._oldest(),
                unanswered=self.unanswered,
                untold=self.untold,
            )
        )

    def _tallies(self, how: Reckoning) -> Iterable[tuple[Severity, Tally]]:
        for one in self._all():
            tally = Tally()
            ended = microseconds(one.ended) if one.ended else None
            timed = TimedFinding("", "", one.severity, microseconds(one.first_known), ended, one.how, False)
            tally.add(timed, how)
            yield one.severity, tally

    def _oldest(self) -> list[OldFinding]:
        left = sorted((one for one in self._all() if one.ended is None), key=lambda one: one.first_known)
        return [OldFinding(registry="r", repository="p", digest="d", **msgspec.structs.asdict(one)) for one in left]

    def _all(self) -> list[FindingExposure]:
        return [one for clocks in self.of_image.values() for one in clocks]


def clock(flaw: str, severity: Severity, days: int, **changes: object) -> FindingExposure:
    """Make the clock of a finding that was first known some days ago."""
    made = FindingExposure(
        id=f"{flaw} openssl",
        flaw=flaw,
        package="openssl",
        version="3.0.1",
        ecosystem="Debian:12",
        severity=severity,
        published="2026-10-01T00:00:00Z",
        first_known=_NOW - timedelta(days=days),
        precise=True,
        fix_available=_NOW - timedelta(days=days),
        first_pulled=None,
        ended=None,
        how=None,
        disabled_by=None,
    )
    return msgspec.structs.replace(made, **changes)


def some_clocks() -> list[FindingExposure]:
    """Give the clocks of an image: two open, of which one past its target, and two that ended."""
    return [
        clock("CVE-2026-1001", Severity.CRITICAL, 40, precise=False, first_pulled=_NOW - timedelta(days=2)),
        clock("CVE-2026-3001", Severity.LOW, 8, fix_available=None, disabled_by="rule-1"),
        clock("CVE-2026-2001", Severity.HIGH, 20, ended=_NOW - timedelta(days=3), how=Outcome.REPLACED),
        clock("CVE-2026-2002", Severity.HIGH, 60, ended=_NOW - timedelta(days=15), how=Outcome.DELETED),
    ]
