"""What exports are made of: the last scan that stands, from the log."""

import pytest

from shared.domain.criteria import Criteria
from shared.domain.events import FindingDisabled
from shared.domain.failures import FailureReason, ScanFailure
from shared.domain.rules import RuleScope
from shared.services.query_images import ImageNotFound
from tests.support.examples import REGISTRY, deletion, finding, image_id, push, report
from tests.support.memory_app import MemoryAdvisories, MemoryApp


def scanned(app: MemoryApp) -> None:
    app.world.advisories = MemoryAdvisories(report=report([finding("CVE-1")]))
    app.record_push(push("e1"))
    app.work()


def test_a_result_holds_what_the_scan_found() -> None:
    app = MemoryApp()
    scanned(app)
    result = app.query_scan_result(image_id(), None)
    assert (result.image, result.repository) == (image_id(), "app")
    assert [one.finding.cve for one in result.judged] == ["CVE-1"]
    assert result.inventory == app.world.inventory


@pytest.mark.parametrize(("repository", "disabled_by"), [("app", "r1"), ("other", None)])
def test_a_rule_disables_what_lies_in_its_scope(repository: str, disabled_by: str | None) -> None:
    app = MemoryApp()
    scanned(app)
    scope = RuleScope(repository=repository)
    app.disable_findings.disable(FindingDisabled("r1", scope, Criteria(("CVE-1",)), "accepted", "sam"))
    result = app.query_scan_result(image_id(), None)
    assert [one.disabled_by for one in result.judged] == [disabled_by]
    assert set(result.rules) == ({disabled_by} if disabled_by else set())


def test_a_scan_that_fails_later_leaves_the_last_answer() -> None:
    app = MemoryApp()
    scanned(app)
    before = app.query_scan_result(image_id(), None)
    app.world.registry.failure = ScanFailure(FailureReason.UNAUTHORIZED, "401")
    app.record_push(push("e2", minute=5))
    app.work()
    assert app.query_scan_result(image_id(), None) == before


def test_an_image_is_named_by_a_repository_that_it_is_still_in() -> None:
    app = MemoryApp()
    scanned(app)
    app.record_push(push("e2", repository="copy", minute=1))
    app.receive_event.record_deletion(deletion(minute=2))
    assert app.query_scan_result(image_id(), None).repository == "copy"


def test_what_was_never_there_and_what_was_not_there_yet_is_not_found() -> None:
    app = MemoryApp()
    with pytest.raises(ImageNotFound, match=REGISTRY):
        app.query_scan_result(image_id(), None)
    before = app.world.clock()
    app.world.clock.forward(minutes=1)
    scanned(app)
    with pytest.raises(ImageNotFound):
        app.query_scan_result(image_id(), before)
