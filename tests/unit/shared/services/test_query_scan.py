"""How far a scan is."""

from shared.domain.failures import FailureReason, ScanFailure
from shared.domain.media_types import OCI_INDEX
from tests.support.examples import digest, image_id, push
from tests.support.memory_app import MemoryApp, index_manifest


def test_a_scan_runs_until_it_has_an_answer() -> None:
    app = MemoryApp()
    app.record_push(push("e1"))
    running = app.query_scan(image_id(), "push-e1")
    assert running is not None
    assert (running.status, running.images) == ("running", (digest(1),))
    app.work()
    ended = app.query_scan(image_id(), "push-e1")
    assert ended is not None
    assert ended.status == "completed"


def test_a_scan_that_failed_says_why() -> None:
    app = MemoryApp()
    app.world.registry.failure = ScanFailure(FailureReason.UNAUTHORIZED, "the registry refused us")
    app.record_push(push("e1"))
    app.work()
    failed = app.query_scan(image_id(), "push-e1")
    assert failed is not None
    assert (failed.status, failed.reason) == ("failed", "the registry refused us")


def test_the_scan_of_an_index_names_its_images() -> None:
    app = MemoryApp()
    app.world.registry.manifests[digest(50)] = index_manifest(50, 1, 2)
    app.record_push(push("e1", 50, media_type=OCI_INDEX))
    app.work()
    found = app.query_scan(image_id(50), "push-e1")
    assert found is not None
    assert (found.status, found.images) == ("completed", (digest(1), digest(2)))


def test_a_scan_that_nobody_requested_is_none() -> None:
    app = MemoryApp()
    app.record_push(push("e1"))
    assert app.query_scan(image_id(), "other") is None
    assert app.query_scan(image_id(2), "push-e1") is None
