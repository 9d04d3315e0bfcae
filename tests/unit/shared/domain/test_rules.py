"""Criteria of disable rules, and the states of a rule."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.rules import Criteria, Rule, RuleScope, disabling_rule
from shared.domain.severity import Severity
from tests.support.examples import START, at, finding

HIGH = finding("CVE-2026-0001", Severity.HIGH, aliases=("GHSA-abcd",))


@pytest.mark.parametrize("name", ["CVE-2026-0001", "cve-2026-0001", "ghsa-ABCD", "DEBIAN-CVE-2026-0001"])
def test_a_flaw_is_met_by_any_of_its_names_in_any_case(name: str) -> None:
    assert Criteria(cves=("CVE-1", name)).match(HIGH)


def test_a_flaw_without_a_cve_is_met_by_its_advisory() -> None:
    assert Criteria(cves=("GHSA-1",)).match(finding("GHSA-1", cve=None, advisory="GHSA-1"))


@pytest.mark.parametrize(
    "criteria",
    [
        Criteria(cves=("CVE-2026-000",)),
        Criteria(finding_ids=("other",)),
        Criteria(severity_below=Severity.HIGH),
        Criteria(cves=("CVE-2026-0001",), severity_below=Severity.MEDIUM),
        Criteria(cves=("CVE-2026-0001",), finding_ids=("other",)),
    ],
)
def test_every_criterion_that_is_given_must_be_met(criteria: Criteria) -> None:
    assert not criteria.match(HIGH)


def test_all_criteria_together_can_be_met() -> None:
    assert Criteria(("CVE-2026-0001",), (HIGH.id,), Severity.CRITICAL).match(HIGH)


@given(st.sampled_from(Severity))
def test_a_rule_on_severity_never_hides_an_unknown_one(limit: Severity) -> None:
    assert not Criteria(severity_below=limit).match(finding(severity=Severity.UNKNOWN))


@given(st.sampled_from(Severity), st.sampled_from(Severity))
def test_a_rule_on_severity_hides_only_what_is_less_severe(severity: Severity, limit: Severity) -> None:
    hidden = Criteria(severity_below=limit).match(finding(severity=severity))
    assert hidden == (severity is not Severity.UNKNOWN and severity.rank > limit.rank)


def test_criteria_that_say_nothing_are_empty() -> None:
    assert Criteria().empty
    assert not Criteria(severity_below=Severity.LOW).empty


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
