"""Disable rules: which findings an organisation takes out of health, score and notices."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec

from shared.domain.findings import Finding, flaw_names
from shared.domain.severity import Severity


class RuleScope(msgspec.Struct, frozen=True, rename="camel"):
    """Where a rule holds: everywhere, in a registry, in a repository of it, or for one image; None is no limit."""

    registry: str | None = None
    repository: str | None = None
    digest: str | None = None

    def holds_for(self, registry: str, repositories: Iterable[str], digest: str) -> bool:
        """Say whether an image lies in this scope."""
        return (
            self.registry in (None, registry)
            and (self.repository is None or self.repository in repositories)
            and self.digest in (None, digest)
        )


class Criteria(msgspec.Struct, frozen=True, rename="camel"):
    """What a finding must meet to be disabled: every criterion that is given, any value of a list."""

    cves: tuple[str, ...] = ()
    finding_ids: tuple[str, ...] = ()
    severity_below: Severity | None = None

    @property
    def empty(self) -> bool:
        """Say whether no criterion is given; such a rule would hide everything and is refused."""
        return not self.cves and not self.finding_ids and self.severity_below is None

    def match(self, finding: Finding) -> bool:
        """Say whether a finding meets every criterion that is given."""
        return (
            (not self.cves or not flaw_names(finding).isdisjoint(name.upper() for name in self.cves))
            and (not self.finding_ids or finding.id in self.finding_ids)
            and (self.severity_below is None or _below(finding.severity, self.severity_below))
        )


class Rule(msgspec.Struct, frozen=True, rename="camel"):
    """A disable rule as the log knows it."""

    id: str
    scope: RuleScope
    criteria: Criteria
    reason: str
    author: str
    created: datetime
    expires: datetime | None = None
    removed: datetime | None = None

    def state(self, at: datetime) -> str:
        """Give ``active``, ``expired`` or ``removed`` at a time."""
        if self.removed is not None and self.removed <= at:
            return "removed"
        return "expired" if self.expires is not None and self.expires <= at else "active"


def disabling_rule(finding: Finding, rules: Iterable[Rule]) -> Rule | None:
    """Return the first of the given rules that a finding meets, or None."""
    return next((rule for rule in rules if rule.criteria.match(finding)), None)


def _below(severity: Severity, limit: Severity) -> bool:
    # "unknown" may be anything: a rule on severity never hides it.
    return severity is not Severity.UNKNOWN and severity.rank > limit.rank
