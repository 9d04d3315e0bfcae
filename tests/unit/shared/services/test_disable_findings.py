"""Rules are made and taken back, and every image they concern is projected anew."""

from datetime import timedelta

import pytest

from shared.domain.criteria import Criteria
from shared.domain.events import FindingDisabled, FindingEnabled
from shared.domain.image_health import Health
from shared.domain.rule_book import InvalidRule, RuleNotFound
from shared.domain.rules import RuleScope
from shared.domain.severity import Severity
from tests.support.examples import finding, push, report
from tests.support.memory_app import MemoryAdvisories, MemoryApp


def rule(rule_id: str = "r1", **changes: object) -> FindingDisabled:
    fields = {"scope": RuleScope(), "criteria": Criteria(("CVE-1",)), "reason": "accepted", "author": "me"}
    return FindingDisabled(rule_id, **{**fields, **changes})  # type: ignore[arg-type]


def unhealthy() -> MemoryApp:
    app = MemoryApp()
    app.world.advisories = MemoryAdvisories(report=report([finding("CVE-1")]))
    app.record_push(push("e1"))
    app.work()
    assert app.health().health is Health.UNHEALTHY
    return app


def test_a_rule_heals_an_image_and_taking_it_back_makes_it_ill_again() -> None:
    app = unhealthy()
    made = app.disable_findings.disable(rule())
    assert (made.id, made.created, made.state(app.world.clock())) == ("r1", app.world.clock(), "active")
    app.work()
    assert app.health().health is Health.HEALTHY
    assert app.query_recommendations(None) == []
    app.disable_findings.enable(FindingEnabled("r1", "no longer", "me"))
    app.work()
    assert app.health().health is Health.UNHEALTHY


def test_the_same_rule_again_is_the_same_rule() -> None:
    app = unhealthy()
    first = app.disable_findings.disable(rule())
    app.world.clock.forward(hours=1)
    assert app.disable_findings.disable(rule()) == first
    assert app.log.load(app.disable_findings.stream).version == 1


def test_a_rule_can_be_taken_back_once_and_an_unknown_one_never() -> None:
    app = unhealthy()
    app.disable_findings.disable(rule())
    for _ in range(2):
        app.disable_findings.enable(FindingEnabled("r1", "no longer", "me"))
    assert app.log.load(app.disable_findings.stream).version == 2
    with pytest.raises(RuleNotFound):
        app.disable_findings.enable(FindingEnabled("r2", "", "me"))


def test_a_rule_that_says_nothing_or_too_much_is_refused_and_leaves_no_trace() -> None:
    app = unhealthy()
    with pytest.raises(InvalidRule, match="criterion"):
        app.disable_findings.disable(rule(criteria=Criteria()))
    with pytest.raises(InvalidRule, match="too long"):
        app.disable_findings.disable(rule(criteria=Criteria(tuple("x" * 200 for _ in range(500)))))
    assert app.rules.book().rules == {}


def test_when_a_rule_expires_its_findings_count_again() -> None:
    app = unhealthy()
    expires = app.world.clock() + timedelta(hours=1)
    app.disable_findings.disable(rule(expires=expires))
    app.work()
    app.world.clock.at = expires
    app.pass_on_rules.expired()
    app.work()
    assert app.health().health is Health.UNHEALTHY


def test_the_end_of_a_rule_is_passed_on_in_its_minute_and_once_more_for_clocks_that_are_behind() -> None:
    app = unhealthy()
    app.disable_findings.disable(rule(expires=app.world.clock() + timedelta(minutes=3)))
    app.work()
    hints = []
    for _ in range(7):
        app.pass_on_rules.expired()
        hints.append(len(app.projections_queue.take()))
        app.world.clock.forward(minutes=1)
    assert hints == [0, 0, 0, 1, 1, 0, 0]


def test_a_rule_that_expired_while_nothing_ran_is_noticed_after_days() -> None:
    app = unhealthy()
    for number in (1, 2):
        app.disable_findings.disable(rule(rule_id=f"r{number}", expires=app.world.clock() + timedelta(days=number)))
    app.work()
    for days in (1, 3):
        app.world.clock.forward(days=days)
        app.pass_on_rules.expired()
        app.work()
    assert app.health().health is Health.UNHEALTHY


def test_a_rule_on_severity_leaves_what_is_worse() -> None:
    app = unhealthy()
    app.disable_findings.disable(rule(criteria=Criteria(severity_below=Severity.HIGH)))
    app.work()
    assert app.health().disabled_findings == 0


def test_a_repository_that_an_image_joins_later_brings_its_rules() -> None:
    app = unhealthy()
    app.disable_findings.disable(rule(scope=RuleScope(repository="copy")))
    app.work()
    assert app.health().health is Health.UNHEALTHY
    app.record_push(push("e2", minute=5, repository="copy"))
    app.work()
    assert app.health().health is Health.HEALTHY
