"""Scans on demand and on a timer's behalf."""

from datetime import timedelta

import pytest

from shared.domain.events import ScanRequested, Trigger
from shared.domain.failures import FailureReason, ScanFailure
from shared.registry.interface import ImageManifest, IndexManifest
from shared.services.commands import RequestConflict
from shared.services.request_scan import RequestedScan, WantedScan
from tests.support.examples import REGISTRY, at, deletion, digest, image_id, push
from tests.support.memory_app import MemoryApp, MemoryRegistry, image_manifest, index_manifest


def wanted(reference: str = "v1", request_id: str = "r1", repository: str = "app") -> WantedScan:
    return WantedScan(REGISTRY, repository, reference, request_id, "me")


def holding(number: int = 1) -> MemoryApp:
    app = MemoryApp()
    app.world.registry.manifests["v1"] = image_manifest(number)
    return app


def test_a_tag_that_nobody_announced_is_named_and_its_image_scanned() -> None:
    app = holding()
    requested = app.request_scan.on_demand(wanted())
    assert requested == RequestedScan("manual-r1", REGISTRY, digest(1), is_index=False)
    assert app.state().repositories["app"].current_tags == ("v1",)
    assert app.state().open_scans["manual-r1"].trigger is Trigger.MANUAL


def test_the_same_request_again_asks_for_the_same_scan() -> None:
    app = holding()
    first = app.request_scan.on_demand(wanted())
    version = app.stream().version
    assert app.request_scan.on_demand(wanted()) == first
    app.work()
    assert app.request_scan.on_demand(wanted()) == first
    assert len(app.state().scan_ids) == 1
    assert app.stream().version == version + 1


def test_a_scan_that_is_open_already_serves_the_request() -> None:
    app = holding()
    app.record_push(push("e1"))
    assert app.request_scan.on_demand(wanted()).scan_id == "push-e1"
    assert list(app.state().open_scans) == ["push-e1"]


def test_an_answered_image_is_scanned_again_and_charged_no_second_time() -> None:
    app = holding()
    app.record_push(push("e1"))
    app.work()
    app.request_scan.on_demand(wanted())
    app.work()
    assert app.health().last_scan is not None
    assert app.health().last_scan.id == "manual-r1"  # type: ignore[union-attr]
    assert len(app.query_billing.charges("2026-11", None)) == 1


def test_a_digest_gives_no_tag() -> None:
    app = MemoryApp()
    app.request_scan.on_demand(wanted(digest(1)))
    assert app.state().repositories["app"].current_tags == ()
    assert list(app.state().open_scans) == ["manual-r1"]


@pytest.mark.parametrize("reference", ["v1", digest(1)])
def test_an_image_that_was_deleted_and_is_there_again_is_scanned(reference: str) -> None:
    app = holding()
    app.record_push(push("e1"))
    app.work()
    app.receive_event.record_deletion(deletion("d1", minute=1))
    app.world.clock.forward(hours=1)
    requested = app.request_scan.on_demand(wanted(reference))
    assert requested.scan_id in app.state().open_scans
    assert not app.state().deleted


def test_a_tag_is_taken_from_the_image_that_held_it() -> None:
    app = holding(2)
    app.record_push(push("e1", 1))
    app.world.clock.forward(hours=1)
    app.request_scan.on_demand(wanted())
    assert app.state(1).repositories["app"].current_tags == ()
    assert app.state(2).repositories["app"].current_tags == ("v1",)


def test_a_push_that_comes_while_the_registry_is_asked_keeps_its_tag() -> None:
    app = holding(1)
    clock = app.world.clock

    class Slow(MemoryRegistry):
        def manifest(self, registry: str, repository: str, reference: str) -> ImageManifest | IndexManifest:
            found = app.world.registry.manifest(registry, repository, reference)
            clock.forward(minutes=2)
            return found

    request = type(app.request_scan)(app.log, app.transactor, Slow(), app.move_tag, app.plan, clock)
    request.on_demand(wanted())
    app.record_push(push("e2", 2, minute=1))
    assert app.state(2).repositories["app"].current_tags == ("v1",)
    assert app.state(1).repositories["app"].current_tags == ()


def test_an_index_is_resolved_and_each_of_its_images_scanned_though_it_has_an_answer() -> None:
    app = MemoryApp()
    app.world.registry.manifests |= {"v1": index_manifest(50, 1, 2), digest(50): index_manifest(50, 1, 2)}
    app.record_push(push("e1", 1, tag="own"))
    app.work()
    requested = app.request_scan.on_demand(wanted())
    assert requested == RequestedScan("manual-r1", REGISTRY, digest(50), is_index=True)
    app.work()
    for number in (1, 2):
        scan = app.health(number).last_scan
        assert scan is not None
        assert (scan.id, scan.trigger) == ("manual-r1", "manual")
        assert "v1" in app.state(number).repositories["app"].current_tags


def test_what_the_registry_does_not_have_is_an_error_and_changes_nothing() -> None:
    app = MemoryApp()
    with pytest.raises(ScanFailure) as failure:
        app.request_scan.on_demand(wanted())
    assert failure.value.reason is FailureReason.MANIFEST_MISSING
    assert list(app.log.streams("image")) == []


def test_a_request_of_a_timer_says_whether_it_made_a_new_scan() -> None:
    app = MemoryApp()
    app.record_push(push("e1"))
    app.work()
    requested = ScanRequested("rescan-1", "app", Trigger.RESCAN)
    asked = [app.request_scan.of_image(image_id(), requested, cause="timer", actor="timer") for _ in range(2)]
    assert asked == [True, False]
    app.work()
    assert not app.request_scan.of_image(image_id(), requested, cause="timer", actor="timer")
    assert app.state().last_scan is not None
    assert app.state().first_seen == at(0)
    assert app.world.clock() - at(0) == timedelta(0)


def test_the_id_of_another_request_is_a_conflict() -> None:
    app = holding()
    app.request_scan.on_demand(wanted())
    with pytest.raises(RequestConflict, match="asked for something else"):
        app.request_scan.on_demand(wanted(repository="other"))
