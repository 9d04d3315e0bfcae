"""Disable rules: which findings an organisation takes out of health, score and notices."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from shared.domain.criteria import Criteria
from shared.domain.findings import Finding
from shared.domain.rule_signals import RuleSignals


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


class Rule(msgspec.Struct, frozen=True, rename="camel"):
    """A disable rule as the log knows it; ``revision`` counts how often it was written, last when ``changed``."""

    id: str
    scope: RuleScope
    criteria: Criteria
    reason: str
    author: str
    created: datetime
    expires: datetime | None = None
    removed: datetime | None = None
    changed: datetime | None = None
    revision: int = 1

    def state(self, at: datetime) -> str:
        """Give ``active``, ``expired`` or ``removed`` at a time."""
        if self.removed is not None and self.removed <= at:
            return "removed"
        return "expired" if self.expires is not None and self.expires <= at else "active"

    @property
    def signals(self) -> RuleSignals | None:
        """The signals that it goes by; none of a rule that asks for nothing of the kind."""
        return None

    def disables(self, finding: Finding) -> bool:
        """Say whether a finding meets its criteria."""
        return self.criteria.match(finding)


class BoundRule(Rule, frozen=True, rename="camel", kw_only=True):
    """A rule that asks for what changes without it, in force under signals; under other ones, it is another rule."""

    going_by: RuleSignals

    @property
    def signals(self) -> RuleSignals:
        """The signals that it goes by."""
        return self.going_by

    def disables(self, finding: Finding) -> bool:
        """Say whether a finding meets its criteria under the signals."""
        return self.criteria.match(finding, self.going_by)


def bound(rule: Rule, signals: RuleSignals) -> Rule:
    """Bind a rule to signals, if it goes by any."""
    if not rule.criteria.asks_signals:
        return rule
    return BoundRule(**msgspec.structs.asdict(rule), going_by=signals)


def judge_alike(some: Sequence[Rule], others: Sequence[Rule], names: frozenset[str]) -> bool:
    """Say whether rules disable the same of all findings whose flaws have no other names than these."""
    return len(some) == len(others) and all(_alike(one, other, names) for one, other in zip(some, others, strict=True))


def _alike(one: Rule, other: Rule, names: frozenset[str]) -> bool:
    if one.signals is None or other.signals is None or (one.id, one.revision) != (other.id, other.revision):
        return one == other
    return one.signals.agrees(other.signals, names)


def disabling_rule(finding: Finding, rules: Iterable[Rule]) -> Rule | None:
    """Return the first of the given rules that a finding meets, or None."""
    return next((rule for rule in rules if rule.disables(finding)), None)
