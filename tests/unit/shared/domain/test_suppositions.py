"""Recorded streams as they would have been."""

from __future__ import annotations

import pytest

from shared.domain import image, rule_book
from shared.domain.criteria import Criteria
from shared.domain.events import FindingDisabled, FindingEnabled, Outcome, ScanCompleted, ScanRequested, Trigger
from shared.domain.image_health import Health, image_health
from shared.domain.rule_book import InvalidRule, RuleNotFound
from shared.domain.rules import RuleScope
from shared.domain.severity import Severity
from shared.domain.suppositions import (
    Supposition,
    decided_again,
    is_unknown,
    supposed_rules,
    unknown_until_scanned,
    unsupported,
)
from tests.support.examples import at, completed, image_id, stream, summary

FIRST = FindingDisabled("r1", RuleScope(), Criteria(("CVE-1",)), "accepted", "me")
SECOND = FindingDisabled("r2", RuleScope(), Criteria(("CVE-2",)), "accepted", "me")
RECORDED = stream(FIRST, SECOND, FindingEnabled("r1", "a fix is out", "me"))
SCANNED = stream(
    ScanRequested("s1", "app", Trigger.PUSH),
    completed("s1", charged=True, summary=summary(1), reader_version="1"),
    ScanRequested("s2", "app", Trigger.RESCAN),
    completed("s2", summary=summary(), reader_version="1"),
)


def test_a_supposed_rule_has_been_in_force_before_everything() -> None:
    rule = FindingDisabled("what-if", RuleScope(), Criteria(("CVE-3",)), "accepted", "me")
    made = supposed_rules(RECORDED, Supposition(rule=rule), at(10))
    assert made[0].meta.recorded_at < RECORDED[0].meta.recorded_at
    assert [one.id for one in rule_book.fold(made).active(at(10))] == ["what-if", "r2"]


def test_a_rule_that_is_left_out_was_never_made_nor_taken_back() -> None:
    left = supposed_rules(RECORDED, Supposition(without=("r1",)), at(10))
    assert [one.event for one in left] == [SECOND]


def test_a_rule_nobody_made_and_a_rule_that_says_nothing_are_refused() -> None:
    with pytest.raises(RuleNotFound):
        supposed_rules(RECORDED, Supposition(without=("r1", "r3")), at(10))
    with pytest.raises(InvalidRule):
        supposed_rules(
            RECORDED, Supposition(rule=FindingDisabled("what-if", RuleScope(), Criteria(), "r", "me")), at(10)
        )


def test_a_charge_moves_to_the_first_scan_that_would_have_assessed_the_image() -> None:
    def revise(scan: ScanCompleted, when: object) -> ScanCompleted:
        return unsupported(scan, "not taken") if scan.scan_id == "s1" else scan

    before, after = image.fold(SCANNED).charge, image.fold(decided_again(SCANNED, revise)).charge
    assert before is not None
    assert after is not None
    assert (before.at, after.at) == (at(1), at(3))


def test_streams_that_are_decided_as_they_were_are_the_same() -> None:
    assert decided_again(SCANNED, lambda scan, when: scan) == SCANNED


def test_what_nobody_can_tell_is_not_assessed_and_costs_nothing() -> None:
    again = decided_again(SCANNED, lambda scan, when: unknown_until_scanned(scan, "why"))
    state = image.fold(again)
    shown = image_health(image_id(), state, (), Severity.CRITICAL, at().date())
    assert (shown.health, shown.reason, state.charge) == (Health.NOT_ASSESSED, "unknown until scanned: why", None)
    assert state.last_scan is not None
    assert is_unknown(state.last_scan.event)
    assert not is_unknown(completed(outcome=Outcome.UNSUPPORTED, summary=None))
