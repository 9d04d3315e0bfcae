"""The states of a rule."""

from shared.domain.criteria import Criteria
from shared.domain.rules import Rule, RuleScope, disabling_rule
from tests.support.examples import START, at, finding

HIGH = finding("CVE-2026-0001")


def test_a_rule_is_active_until_it_expires_or_is_removed() -> None:
    rule = Rule("r", RuleScope(), Criteria(("CVE-1",)), "why", "me", START, expires=at(10), removed=at(20))
    assert [rule.state(at(minute)) for minute in (9, 10, 19, 20)] == ["active", "expired", "expired", "removed"]


def test_the_first_rule_that_matches_disables() -> None:
    rules = [
        Rule(name, RuleScope(), Criteria((cve,)), "why", "me", START) for name, cve in (("a", "x"), ("b", HIGH.id))
    ]
    assert disabling_rule(HIGH, rules) is None
    rules.append(Rule("c", RuleScope(), Criteria(finding_ids=(HIGH.id,)), "why", "me", START))
    found = disabling_rule(HIGH, rules)
    assert found is not None
    assert found.id == "c"
