"""The plan of the subscription: off, nothing is scanned or charged, everything is recorded, nothing looks better."""

from __future__ import annotations

import pytest

from shared.advisories.change_log import ChangeLog
from shared.domain.events import ScanRequested, Trigger
from shared.domain.failures import FailureReason
from shared.domain.image_health import Health
from shared.domain.messages import ScanMessage
from shared.domain.plan import InvalidPlanChange
from tests.support.examples import digest, finding, image_id, pull, push, report
from tests.support.memory_app import MemoryAdvisories, MemoryApp


def turn(app: MemoryApp, *, on: bool, request_id: str = "r1") -> None:
    app.change_plan(on=on, reason="because", actor="ann", request_id=request_id)


def charges(app: MemoryApp) -> list[str]:
    return [one.digest for one in app.query_billing.charges(app.world.clock().strftime("%Y-%m"), None)]


def test_a_plan_is_on_until_somebody_turns_it_off_with_a_reason() -> None:
    app = MemoryApp()
    assert (app.plan().enabled, app.plan().since, app.plan().notice) == (True, None, "")
    with pytest.raises(InvalidPlanChange):
        app.change_plan(on=False, reason=" ", actor="ann", request_id="r1")
    turn(app, on=False)
    turn(app, on=False, request_id="r2")
    assert (app.plan().enabled, app.plan().actor) == (False, "ann")
    assert app.plan().notice == "the plan is off since 2026-11-02T10:00:00Z"
    assert len(app.log.load(app.plan.stream).events) == 1


def test_while_it_is_off_pushes_and_pulls_are_recorded_and_nothing_is_scanned_or_charged() -> None:
    app = MemoryApp()
    turn(app, on=False)
    app.record_push(push("e1"))
    app.read_pull_log.record_pull(pull("p1", 2))
    app.work()
    assert [type(one.event).__name__ for one in app.stream(1).events] == ["ImageTagged"]
    assert [type(one.event).__name__ for one in app.stream(2).events] == ["ImagePulled"]
    assert app.health().health is Health.NOT_ASSESSED
    assert charges(app) == []


def test_a_scan_that_was_requested_before_is_not_carried_out_and_charges_nothing() -> None:
    app = MemoryApp()
    app.record_push(push("e1"))
    turn(app, on=False)
    app.work()
    failure = app.state().last_failure
    assert failure is not None
    assert failure.event.reason is FailureReason.PLAN_OFF
    assert app.health().health is Health.NOT_ASSESSED
    assert "the plan is off since" in app.health().reason
    assert (charges(app), app.world.registry.pulled) == ([], [])


def test_an_answer_that_comes_after_the_plan_was_turned_off_is_not_recorded_or_charged() -> None:
    app = MemoryApp()

    class Switched(MemoryAdvisories):
        def match(self, found: object, most: int) -> object:  # type: ignore[override]
            turn(app, on=False)
            return super().match(found, most)  # type: ignore[arg-type]

    app.world.advisories = Switched()
    app.record_push(push("e1"))
    app.run_scan(ScanMessage(str(app.stream().name), "push-e1"), last_attempt=True)
    assert app.state().last_scan is None
    assert app.state().charge is None


def test_it_asks_for_no_rescans_while_it_is_off() -> None:
    app = MemoryApp()
    app.record_push(push("e1"))
    app.read_pull_log.record_pull(pull("p1", 1, 1))
    app.work()
    turn(app, on=False)
    before = app.stream().version
    app.world.clock.forward(days=8)
    requested = ScanRequested("advisory-1", "app", Trigger.ADVISORY)
    assert app.rescan.weekly() == 0
    assert not app.request_scan.of_image(image_id(), requested, cause="c", actor="timer")
    app.sweep()
    assert app.stream().version == before


def test_turning_it_on_again_scans_what_came_meanwhile_and_what_was_left() -> None:
    app = MemoryApp()
    app.record_push(push("e1", 1, tag="left"))
    turn(app, on=False)
    app.record_push(push("e2", 2, tag="came"))
    app.work()
    app.world.catalog.hold("app", 1, "left")
    app.world.catalog.hold("app", 2, "came")
    app.world.catalog.hold("app", 3, "lost")
    app.world.clock.forward(hours=1)
    turn(app, on=True, request_id="r2")
    app.reconcile()
    assert [app.health(number).health for number in (1, 2, 3)] == [Health.HEALTHY] * 3
    assert sorted(charges(app)) == [digest(1), digest(2), digest(3)]


def test_advisories_that_changed_while_it_was_off_are_looked_at_by_the_first_refresh_after_it() -> None:
    app = MemoryApp()
    app.record_push(push("e1"))
    app.work()
    turn(app, on=False)
    app.world.advisories = MemoryAdvisories("snapshot-2", report([finding()]))
    assert app.rescan_affected(ChangeLog("snapshot-2")) == 0
    turn(app, on=True, request_id="r2")
    assert app.rescan_affected(ChangeLog("snapshot-2")) == 1
    app.work()
    assert app.health().health is Health.UNHEALTHY
    assert charges(app) == [digest(1)]
