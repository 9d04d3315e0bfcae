"""Questions about images: now from the projection, then from the log; both must say the same."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.advisories.change_log import ChangeLog
from shared.domain.criteria import Criteria
from shared.domain.events import FindingDisabled, FindingEnabled
from shared.domain.failures import FailureReason, ScanFailure
from shared.domain.image_health import Health
from shared.domain.rules import RuleScope
from shared.domain.severity import Severity
from shared.projections.image_rows import ImageAnswer
from shared.services.query_images import ImageFilter, ImageNotFound
from tests.support.examples import REGISTRY, at, deletion, digest, finding, image_id, pull, push, report
from tests.support.memory_app import MemoryAdvisories, MemoryApp


def rule(rule_id: str, cve: str, repository: str | None = None) -> FindingDisabled:
    return FindingDisabled(rule_id, RuleScope(repository=repository), Criteria((cve,)), "accepted", "me")


def step(app: MemoryApp, what: str) -> None:
    """Let one thing happen."""
    deeds: dict[str, Callable[[], object]] = {
        "push 1": lambda: app.record_push(push("e1", 1, 1)),
        "push 2": lambda: app.record_push(push("e2", 2, 2, tag="v2")),
        "retag": lambda: app.record_push(push("e3", 2, 3)),
        "delete": lambda: app.receive_event.record_deletion(deletion("d1", 1, 4)),
        "pull": lambda: app.read_pull_log.record_pull(pull("p1", 2, 5)),
        "rule": lambda: app.disable_findings.disable(rule("r1", "CVE-1")),
        "narrow rule": lambda: app.disable_findings.disable(rule("r2", "CVE-2", "app")),
        "no rule": lambda: _take_back(app),
        "advisories": lambda: _refresh(app),
        "work": app.work,
    }
    deeds[what]()


STEPS = ["push 1", "push 2", "retag", "delete", "pull", "rule", "narrow rule", "no rule", "advisories", "work"]


def everything(app: MemoryApp, moment: object = None) -> list[ImageAnswer]:
    return app.query_images.images_matching(ImageFilter(), moment)  # type: ignore[arg-type]


@settings(max_examples=60)
@given(st.permutations(STEPS))
def test_the_past_is_answered_as_it_was_answered_then(steps: list[str]) -> None:
    app = vulnerable()
    answers = []
    for what in steps:
        app.world.clock.forward(minutes=1)
        step(app, what)
        app.work()
        answers.append((app.world.clock(), everything(app), app.query_billing.charges("2026-11", None)))
    for moment, live, charges in answers:
        assert everything(app, moment) == live
        assert app.query_billing.charges("2026-11", moment) == charges


@settings(max_examples=30)
@given(st.permutations(STEPS))
def test_one_image_and_its_findings_are_the_same_now_and_as_of_now(steps: list[str]) -> None:
    app = vulnerable()
    for what in steps:
        step(app, what)
        app.work()
    for answer in everything(app):
        about = image_id(1 if answer.health.digest == digest(1) else 2)
        now = app.world.clock()
        assert app.query_images.one(about, None) == app.query_images.one(about, now) == answer
        assert app.query_images.findings(about, None) == app.query_images.findings(about, now)
        assert app.query_history(about, None) == app.query_history(about, now)


def test_a_rule_that_was_made_later_is_unknown_to_the_time_before_it() -> None:
    app = vulnerable()
    app.record_push(push("e1"))
    app.work()
    before = app.world.clock()
    app.world.clock.forward(minutes=1)
    app.disable_findings.disable(rule("r1", "CVE-1"))
    app.work()
    assert [one.disabled_by for one in app.query_images.findings(image_id(), before)] == [None, None]
    assert app.query_images.one(image_id(), before).health.disabled_findings == 0
    assert app.query_images.one(image_id(), None).health.disabled_findings == 1


def test_a_list_is_narrowed_by_registry_repository_and_health() -> None:
    app = fleet()
    found = {
        "all": everything(app),
        "registry": app.query_images.images_matching(ImageFilter(registry=REGISTRY), None),
        "other": app.query_images.images_matching(ImageFilter(registry="fabrikam.azurecr.io"), None),
        "repository": app.query_images.images_matching(ImageFilter(repository="copy"), None),
        "unhealthy": app.query_images.images_matching(ImageFilter(health=Health.UNHEALTHY), None),
        "healthy here": app.query_images.images_matching(ImageFilter(REGISTRY, "app", Health.HEALTHY), None),
    }
    counts = {name: len(answers) for name, answers in found.items()}
    assert counts == {"all": 4, "registry": 4, "other": 0, "repository": 1, "unhealthy": 2, "healthy here": 1}


def test_the_worst_image_comes_first_and_the_healthy_last() -> None:
    shown = [answer.health for answer in everything(fleet())]
    order = [Health.UNHEALTHY, Health.UNHEALTHY, Health.NOT_ASSESSED, Health.HEALTHY]
    assert [health.health for health in shown] == order
    assert [shown[0].severities["critical"], shown[1].severities["critical"]] == [1, 0]


def test_an_image_that_nobody_knows_is_not_found() -> None:
    app = MemoryApp()
    for moment in (None, at(5)):
        for ask in (app.query_images.one, app.query_images.findings, app.query_history):
            with pytest.raises(ImageNotFound, match="is known"):
                ask(image_id(), moment)


def test_a_deleted_image_is_not_found_but_was_there_before_and_keeps_its_history() -> None:
    app = MemoryApp()
    app.world.clock.forward(minutes=1)
    app.record_push(push("e1"))
    app.work()
    before = app.world.clock()
    app.world.clock.forward(minutes=1)
    app.receive_event.record_deletion(deletion("d1", minute=1.5))
    app.work()
    with pytest.raises(ImageNotFound, match="its history remains"):
        app.query_images.one(image_id(), None)
    assert app.query_images.one(image_id(), before).health.health is Health.HEALTHY
    assert [entry.recorded.version for entry in app.query_history(image_id(), None)] == [4, 3, 2, 1]
    with pytest.raises(ImageNotFound):
        app.query_images.one(image_id(), at(0))


def test_an_image_that_is_being_scanned_has_no_findings_yet() -> None:
    app = MemoryApp()
    app.record_push(push("e1"))
    app.projector.project(image_id())
    assert app.query_images.findings(image_id(), None) == ()


def test_recommendations_are_for_unhealthy_images_and_the_upgrade_that_fixes_most_comes_first() -> None:
    app = fleet()
    made = app.query_recommendations(None)
    assert [one.severity for one in made] == ["critical"]
    [upgrade] = made
    assert (upgrade.package, upgrade.findings, len(upgrade.images)) == ("openssl", 3, 2)
    assert {affected.digest for affected in upgrade.images} == {digest(1), digest(2)}
    assert app.query_recommendations(app.world.clock()) == made


def vulnerable() -> MemoryApp:
    """Return an app whose advisories know two flaws of every image."""
    app = MemoryApp()
    app.world.advisories = MemoryAdvisories("snapshot-1", report([finding("CVE-1"), finding("CVE-2")]))
    return app


def fleet() -> MemoryApp:
    """Return an app with four images: two unhealthy, one that failed, one that is healthy."""
    app = MemoryApp()
    high, critical = finding("CVE-1"), finding("CVE-2", Severity.CRITICAL)
    for number, hits in ((1, [high]), (2, [high, critical]), (4, [])):
        app.world.advisories = MemoryAdvisories(report=report(hits))
        app.record_push(push(f"e{number}", number, tag=f"v{number}"))
        app.work()
    app.world.registry.failure = ScanFailure(FailureReason.UNAUTHORIZED, "401")
    app.record_push(push("e3", 3, tag="v3", repository="copy"))
    app.work()
    return app


def _take_back(app: MemoryApp) -> None:
    if "r1" in app.rules.book().rules:
        app.disable_findings.enable(FindingEnabled("r1", "", "me"))


def _refresh(app: MemoryApp) -> None:
    app.world.advisories = MemoryAdvisories("snapshot-2", report([finding("CVE-2"), finding("CVE-3")]))
    app.rescan_affected(ChangeLog("snapshot-2"))
