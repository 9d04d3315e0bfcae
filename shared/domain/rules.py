"""Disable rules: which findings an organisation takes out of health, score and notices."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from shared.domain.criteria import Criteria
from shared.domain.exploited_flaws import ExploitedFlaws
from shared.domain.findings import Finding


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
    def catalog(self) -> ExploitedFlaws | None:
        """The exploited flaws that it goes by; none of a rule that asks for nothing of the kind."""
        return None

    def disables(self, finding: Finding) -> bool:
        """Say whether a finding meets its criteria."""
        return self.criteria.match(finding)


class BoundRule(Rule, frozen=True, rename="camel", kw_only=True):
    """A rule that asks for what is not exploited, in force under a catalog; under another one, it is another rule."""

    exploited: ExploitedFlaws

    @property
    def catalog(self) -> ExploitedFlaws:
        """The exploited flaws that it goes by."""
        return self.exploited

    def disables(self, finding: Finding) -> bool:
        """Say whether a finding meets its criteria under the catalog."""
        return self.criteria.match(finding, self.exploited.lack)


def bound(rule: Rule, exploited: ExploitedFlaws) -> Rule:
    """Bind a rule to a catalog, if it goes by one."""
    if not rule.criteria.not_exploited:
        return rule
    return BoundRule(**msgspec.structs.asdict(rule), exploited=exploited)


def judge_alike(some: Sequence[Rule], others: Sequence[Rule], names: frozenset[str]) -> bool:
    """Say whether rules disable the same of all findings whose flaws have no other names than these."""
    return len(some) == len(others) and all(_alike(one, other, names) for one, other in zip(some, others, strict=True))


def _alike(one: Rule, other: Rule, names: frozenset[str]) -> bool:
    if one.catalog is None or other.catalog is None or (one.id, one.revision) != (other.id, other.revision):
        return one == other
    return one.catalog.of(names) == other.catalog.of(names)


def disabling_rule(finding: Finding, rules: Iterable[Rule]) -> Rule | None:
    """Return the first of the given rules that a finding meets, or None."""
    return next((rule for rule in rules if rule.disables(finding)), None)
