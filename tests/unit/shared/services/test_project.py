"""Hints: which streams they lead to."""

import pytest

from shared.domain.criteria import Criteria
from shared.domain.events import FindingDisabled
from shared.domain.messages import Hint
from shared.domain.rules import RuleScope
from shared.eventlog.streams import image_stream
from tests.support.examples import REGISTRY, digest, image_id, push
from tests.support.memory_app import MemoryApp

OTHER = "fabrikam.azurecr.io"


def three_images() -> MemoryApp:
    app = MemoryApp()
    for number in (1, 2):
        app.record_push(push(f"e{number}", number, tag=f"v{number}"))
    app.record_push(push("e3", 3, registry=OTHER))
    app.projections_queue.take()
    return app


@pytest.mark.parametrize(
    ("scope", "numbers"),
    [
        (RuleScope(), [1, 2, 3]),
        (RuleScope(registry=REGISTRY), [1, 2]),
        (RuleScope(registry=OTHER), [3]),
        (RuleScope(digest=digest(2)), [2]),
        (RuleScope(registry=OTHER, digest=digest(2)), []),
        (RuleScope(registry="nowhere.azurecr.io"), []),
    ],
)
def test_a_new_rule_is_passed_on_to_the_images_it_may_concern(scope: RuleScope, numbers: list[int]) -> None:
    app = three_images()
    app.disable_findings.disable(FindingDisabled("r1", scope, Criteria(("CVE-1",)), "why", "me"))
    [rules_hint] = app.projections_queue.take()
    assert isinstance(rules_hint, Hint)
    app.project(rules_hint)
    hinted = {
        message.stream.rpartition("|")[2] for message in app.projections_queue.take() if isinstance(message, Hint)
    }
    assert hinted == {digest(number) for number in numbers}


def test_a_rule_that_was_taken_back_is_passed_on_as_well() -> None:
    app = three_images()
    app.disable_findings.disable(FindingDisabled("r1", RuleScope(), Criteria(("CVE-1",)), "why", "me"))
    app.projections_queue.take()
    app.project(Hint(str(app.disable_findings.stream)))
    assert len(app.projections_queue.take()) == 3


def test_a_hint_of_an_index_or_of_a_stream_nobody_wrote_changes_nothing() -> None:
    app = MemoryApp()
    app.project(Hint(f"index|{REGISTRY}|{digest(1)}"))
    app.project(Hint(str(image_stream(image_id()))))
    app.project(Hint("rules|sub"))
    assert app.images.get(image_id()) is None
    assert app.projections_queue.take() == []


def test_a_hint_that_comes_twice_writes_once() -> None:
    app = three_images()
    for _ in range(2):
        app.project(Hint(str(image_stream(image_id()))))
    found = app.images.get(image_id())
    assert found is not None
    assert found[1] == "etag-0"
