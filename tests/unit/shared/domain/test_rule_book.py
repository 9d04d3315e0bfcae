"""The disable rules of a subscription."""

import pytest

from shared.domain import rule_book
from shared.domain.criteria import Criteria
from shared.domain.events import FindingDisabled, FindingEnabled, ImageDeleted
from shared.domain.rule_book import InvalidRule, RuleBook, RuleChanged, RuleNotFound
from shared.domain.rules import RuleScope
from shared.domain.severity import Severity
from tests.support.examples import at, recorded, stream


def disabling(rule_id: str = "r1", **changes: object) -> FindingDisabled:
    fields = {"scope": RuleScope(), "criteria": Criteria(("CVE-1",)), "reason": "accepted", "author": "me"}
    return FindingDisabled(rule_id, **{**fields, **changes})  # type: ignore[arg-type]


REMOVAL = FindingEnabled("r1", "fixed", "you")


def test_a_new_rule_is_taken_once() -> None:
    assert rule_book.disable_findings(RuleBook(), disabling(), at()) == [disabling()]
    assert rule_book.disable_findings(rule_book.fold(stream(disabling())), disabling(), at()) == []


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        (disabling(criteria=Criteria()), "at least one criterion"),
        (disabling(reason=" \n"), "a reason and an author"),
        (disabling(author=""), "a reason and an author"),
        (disabling(expires=at(0)), "expired already"),
        (disabling(criteria=Criteria(text=" \t")), "blanks are in the text of every finding"),
    ],
)
def test_a_rule_that_says_nothing_is_refused(rule: FindingDisabled, why: str) -> None:
    with pytest.raises(InvalidRule, match=why):
        rule_book.disable_findings(RuleBook(), rule, at(0))


def test_a_rule_on_severity_alone_or_with_an_end_is_taken() -> None:
    rule = disabling(criteria=Criteria(severity_below=Severity.LOW), expires=at(1))
    assert rule_book.disable_findings(RuleBook(), rule, at(0)) == [rule]


def test_a_rule_is_taken_back_once() -> None:
    book = rule_book.fold(stream(disabling()))
    assert rule_book.enable_findings(book, REMOVAL, at(5)) == [REMOVAL]
    assert rule_book.enable_findings(rule_book.fold(stream(disabling(), REMOVAL)), REMOVAL, at(5)) == []


def test_an_expired_rule_can_be_taken_back() -> None:
    book = rule_book.fold(stream(disabling(expires=at(3))))
    assert rule_book.enable_findings(book, REMOVAL, at(5)) == [REMOVAL]


def test_a_rule_that_was_never_made_cannot_be_taken_back() -> None:
    with pytest.raises(RuleNotFound, match="r1"):
        rule_book.enable_findings(RuleBook(), REMOVAL, at())


def test_the_active_rules_change_with_time() -> None:
    book = rule_book.fold(stream(disabling("a", expires=at(5)), disabling("b"), FindingEnabled("b", "", "me")))
    assert [rule.id for rule in book.active(at(1))] == ["a", "b"]
    assert [rule.id for rule in book.active(at(2))] == ["a"]
    assert book.active(at(5)) == ()


def test_other_events_leave_the_book_as_it_is() -> None:
    book = rule_book.fold(stream(disabling()))
    assert rule_book.evolve(book, recorded(2, ImageDeleted("app"))) == book
    assert rule_book.evolve(book, recorded(2, FindingEnabled("other", "", "me"))) == book


CHANGE = disabling(criteria=Criteria(("CVE-2",)), reason="looked again", revision=2)


def test_a_rule_is_changed_from_the_revision_that_was_read() -> None:
    book = rule_book.fold(stream(disabling()))
    assert rule_book.change_rule(book, CHANGE, at(5)) == [CHANGE]
    changed = rule_book.fold(stream(disabling(), CHANGE)).rules["r1"]
    assert (changed.criteria, changed.reason, changed.revision) == (Criteria(("CVE-2",)), "looked again", 2)
    assert changed.created < (changed.changed or changed.created)


def test_a_change_that_comes_again_changes_nothing_and_a_late_one_is_refused() -> None:
    book = rule_book.fold(stream(disabling(), CHANGE))
    assert rule_book.change_rule(book, CHANGE, at(5)) == []
    with pytest.raises(RuleChanged, match="at revision 2: read it again"):
        rule_book.change_rule(book, disabling(reason="mine", revision=2), at(5))
    with pytest.raises(RuleChanged):
        rule_book.change_rule(book, disabling(reason="mine", revision=4), at(5))


def test_what_is_not_there_or_was_taken_back_cannot_be_changed() -> None:
    for book in (RuleBook(), rule_book.fold(stream(disabling(), REMOVAL))):
        with pytest.raises(RuleNotFound, match="r1"):
            rule_book.change_rule(book, CHANGE, at(5))


def test_an_expired_rule_can_be_changed_and_is_in_force_again() -> None:
    later = disabling(expires=at(50), revision=2)
    book = rule_book.fold(stream(disabling(expires=at(3)), later))
    assert [rule.state(at(5)) for rule in book.rules.values()] == ["active"]


def test_a_change_that_says_nothing_is_refused() -> None:
    book = rule_book.fold(stream(disabling()))
    with pytest.raises(InvalidRule, match="at least one criterion: cves, findingIds, severityBelow, packages"):
        rule_book.change_rule(book, disabling(criteria=Criteria(), revision=2), at(5))


def test_a_preview_is_the_book_with_the_rule_and_leaves_the_book_alone() -> None:
    book = rule_book.fold(stream(disabling()))
    then = rule_book.preview(book, CHANGE, at(5))
    assert (then.rules["r1"].revision, book.rules["r1"].revision) == (2, 1)
    assert set(rule_book.preview(book, disabling("r2"), at(5)).rules) == {"r1", "r2"}
    with pytest.raises(InvalidRule):
        rule_book.preview(book, disabling(reason=""), at(5))


def test_where_a_log_has_more_limits_of_scores_than_there_may_be_a_rule_can_be_changed_that_keeps_its_own() -> None:
    scored = [disabling(f"r{number}", criteria=Criteria(epss_below=number / 20)) for number in range(1, 13)]
    book = rule_book.fold(stream(*scored))
    kept = disabling("r1", criteria=Criteria(epss_below=0.05), reason="said better", revision=2)
    assert rule_book.change_rule(book, kept, at(20)) == [kept]
    with pytest.raises(InvalidRule, match="10 different limits"):
        rule_book.change_rule(book, disabling("r1", criteria=Criteria(epss_below=0.77), revision=2), at(20))
