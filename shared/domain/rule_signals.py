"""What a rule goes by that changes from day to day without the rule: exploited flaws, and EPSS scores."""

from __future__ import annotations

from datetime import datetime

import msgspec

from shared.domain.exploited_flaws import ExploitedFlaws
from shared.domain.findings import Finding
from shared.domain.low_scores import LowScores


class RuleSignals(msgspec.Struct, frozen=True, omit_defaults=True):
    """The signals of one rule, as the log has them; None is what it does not ask for."""

    exploited: ExploitedFlaws | None = None
    scores: LowScores | None = None

    @property
    def name(self) -> str:
        """Tell them from those of other times."""
        exploited = f"signals {self.exploited.version}" if self.exploited else ""
        scores = f"scores {self.scores.version}" if self.scores else ""
        return " ".join(filter(None, (exploited, scores)))

    @property
    def since(self) -> tuple[datetime, ...]:
        """The times from which on they were gone by."""
        return tuple(one.since for one in (self.exploited, self.scores) if one and one.since)

    def agrees(self, other: RuleSignals, names: frozenset[str]) -> bool:
        """Say whether findings whose flaws have no other names than these are judged the same, by the same rule."""
        if self.exploited and other.exploited and self.exploited.of(names) != other.exploited.of(names):
            return False
        return not (self.scores and other.scores) or self.scores.agrees(other.scores, names)

    def unexploited(self, finding: Finding) -> bool:
        """Say whether a finding's flaw is known not to be in the catalog of exploited ones."""
        return self.exploited is not None and self.exploited.lack(finding)

    def unlikely(self, finding: Finding) -> bool:
        """Say whether a finding's flaw is known to have an EPSS score below the limit that the rule has."""
        return self.scores is not None and self.scores.hold(finding)


NO_SIGNALS = RuleSignals()
