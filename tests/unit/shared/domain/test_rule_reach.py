"""Which scopes a change of the rules reaches."""

from collections.abc import Sequence
from datetime import datetime

import pytest

from shared.domain.criteria import Criteria
from shared.domain.events import (
    DomainEvent,
    FindingDisabled,
    FindingEnabled,
    Meta,
    RecordedEvent,
    ScoresAdopted,
    SignalsAdopted,
)
from shared.domain.rule_reach import changed_scopes, expired_scopes
from shared.domain.rules import RuleScope
from tests.support.examples import at

ALL, ONE, OTHER = RuleScope(), RuleScope(registry="one.azurecr.io"), RuleScope(registry="other.azurecr.io")
FLAW, UNEXPLOITED = Criteria(("CVE-1",)), Criteria(not_exploited=True)


def rule(
    rule_id: str, scope: RuleScope, *, expires: datetime | None = None, criteria: Criteria = FLAW, revision: int = 1
) -> FindingDisabled:
    return FindingDisabled(rule_id, scope, criteria, "why", "me", expires, revision)


def told(*events: DomainEvent) -> list[RecordedEvent]:
    meta = Meta(occurred_at=at(), recorded_at=at(), actor="me", cause="c", correlation_id="c")
    return [RecordedEvent(version, event, meta) for version, event in enumerate(events, start=1)]


RULES = (rule("a", ALL), rule("b", ONE), rule("c", OTHER, criteria=UNEXPLOITED))


@pytest.mark.parametrize(
    ("events", "after", "scopes"),
    [
        (RULES, 0, {ALL, ONE, OTHER}),
        (RULES, 1, {ONE, OTHER}),
        (RULES, 3, set()),
        ((*RULES, FindingEnabled("b", "wrong", "me")), 3, {ONE}),
        ((*RULES, rule("b", OTHER, revision=2)), 3, {ONE, OTHER}),
        ((*RULES, SignalsAdopted(at_hand=True)), 3, {OTHER}),
        ((*RULES, ScoresAdopted(0.1, at_hand=True)), 3, {OTHER}),
        ((SignalsAdopted(at_hand=True),), 0, set()),
    ],
    ids=[
        "all",
        "new ones",
        "none",
        "taken back",
        "moved: where it was, too",
        "signals",
        "scores",
        "signals without a rule",
    ],
)
def test_a_change_reaches_where_the_rules_it_is_about_hold_or_held(
    events: Sequence[DomainEvent], after: int, scopes: set[RuleScope]
) -> None:
    assert changed_scopes(told(*events), after) == scopes


@pytest.mark.parametrize(("since", "until", "scopes"), [(0, 4, set()), (0, 5, {ONE}), (5, 9, set()), (4, 6, {ONE})])
def test_a_rule_ends_in_one_span_of_time(since: int, until: int, scopes: set[RuleScope]) -> None:
    events = told(rule("a", ALL), rule("b", ONE, expires=at(5)))
    assert expired_scopes(events, at(since), at(until)) == scopes
