"""A change of the rules is passed on once, to the images that it may concern, and to no others."""

from collections import Counter
from datetime import timedelta

import pytest

from shared.domain.criteria import Criteria
from shared.domain.events import FindingDisabled, FindingEnabled
from shared.domain.messages import Hint
from shared.domain.rules import RuleScope
from tests.support.examples import REGISTRY, digest, push
from tests.support.memory_app import MemoryApp
from tests.support.sliced_app import SlicedApp

EVERYWHERE = RuleScope()
ONE = RuleScope(registry=REGISTRY, digest=digest(2))
ALL = Counter(digest(number) for number in range(1, 10))


def images() -> SlicedApp:
    app = SlicedApp()
    for number in range(1, 10):
        app.record_push(push(f"e{number}", number, tag=f"v{number}"))
    app.work()
    return app


def disable(app: MemoryApp, rule_id: str, scope: RuleScope, days: int | None = None) -> None:
    expires = None if days is None else app.world.clock() + timedelta(days=days)
    app.disable_findings.disable(FindingDisabled(rule_id, scope, Criteria(("CVE-1",)), "why", "me", expires))


def passed_on(app: SlicedApp) -> Counter[str]:
    """Follow one hint of the rules to the end of its walk; count the hints of images by their digests."""
    app.projections_queue.take()
    app.project(Hint(str(app.rules.stream)))
    return hints(app)


def hints(app: SlicedApp) -> Counter[str]:
    app.walk()
    return Counter(one.stream.rpartition("|")[2] for one in app.projections_queue.take() if isinstance(one, Hint))


def test_a_rule_reaches_every_image_once_and_its_second_hint_none() -> None:
    app = images()
    disable(app, "r1", EVERYWHERE)
    assert passed_on(app) == ALL
    assert passed_on(app) == Counter()
    assert list(app.walk_states.all()) == []


def test_a_narrow_rule_does_not_reach_those_of_a_wide_one_again() -> None:
    app = images()
    disable(app, "r1", EVERYWHERE)
    passed_on(app)
    disable(app, "r2", ONE)
    assert passed_on(app) == {digest(2): 1}
    app.disable_findings.enable(FindingEnabled("r2", "wrong", "me"))
    assert passed_on(app) == {digest(2): 1}
    app.disable_findings.enable(FindingEnabled("r1", "wrong", "me"))
    assert passed_on(app) == ALL


def test_several_rules_that_come_before_a_worker_does_are_passed_on_by_one_walk() -> None:
    app = images()
    for number in range(5):
        disable(app, f"r{number}", EVERYWHERE)
    assert passed_on(app) == ALL


def test_a_rule_for_an_image_that_nobody_knows_reaches_none() -> None:
    app = images()
    disable(app, "r1", RuleScope(registry=REGISTRY, digest=digest(77)))
    assert passed_on(app) == Counter()


def test_two_walks_for_the_rules_go_on_beside_each_other() -> None:
    app = images()
    disable(app, "r1", EVERYWHERE)
    app.project(Hint(str(app.rules.stream)))
    disable(app, "r2", EVERYWHERE)
    app.project(Hint(str(app.rules.stream)))
    assert len({state.message.id for state in app.walk_states.all()}) == 2
    app.projections_queue.take()
    assert sum(hints(app).values()) == 2 * (9 - 2)
    assert list(app.walk_states.all()) == []


def test_rules_whose_worker_died_before_it_noted_them_are_passed_on_again(monkeypatch: pytest.MonkeyPatch) -> None:
    app = images()
    disable(app, "r1", EVERYWHERE)
    with monkeypatch.context() as dying:
        dying.setattr(type(app.passed_on), "put", _die)
        with pytest.raises(MemoryError):
            app.project(Hint(str(app.rules.stream)))
    assert passed_on(app) == ALL
    assert passed_on(app) == Counter()


def test_a_log_that_was_restored_to_an_earlier_state_is_passed_on_as_a_whole() -> None:
    app = images()
    disable(app, "r1", EVERYWHERE)
    app.passed_on.put(app.rules.stream, app.passed_on.get(app.rules.stream).__class__(version=7))
    assert passed_on(app) == ALL


def test_the_end_of_a_narrow_rule_reaches_its_images_only() -> None:
    app = images()
    disable(app, "r1", EVERYWHERE)
    disable(app, "r2", ONE, days=1)
    disable(app, "r3", RuleScope(registry="elsewhere.azurecr.io"), days=1)
    passed_on(app)
    app.world.clock.forward(days=1)
    app.pass_on_rules.expired()
    assert hints(app) == {digest(2): 1}


def _die(*_: object) -> None:
    raise MemoryError("the worker is gone")
