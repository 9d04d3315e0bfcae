"""The backstop: whatever was lost is found."""

from typing import Any

import pytest

from shared.domain.failures import FailureReason, ScanFailure
from shared.domain.image_health import Health
from shared.domain.media_types import OCI_INDEX
from shared.domain.messages import ScanMessage
from shared.domain.references import ImageId
from shared.eventlog.streams import image_stream, index_stream
from shared.projections.image_rows import ImageAnswer
from shared.projections.projector import Projector
from shared.services.sweep import Swept
from shared.storage.documents import DocumentMissing
from tests.support.examples import REGISTRY, deletion, digest, image_id, push
from tests.support.memory_app import MemoryApp, index_manifest


def lost_hints() -> MemoryApp:
    """Return an app that recorded a push and then lost every message."""
    app = MemoryApp()
    app.record_push(push("e1"))
    app.projections_queue.take()
    app.scans_queue.take()
    return app


def test_an_image_whose_hints_were_lost_is_projected() -> None:
    app = lost_hints()
    assert app.sweep() == Swept(streams=1, projected=1, resent=0)
    assert app.health().health is Health.NOT_ASSESSED
    assert app.sweep() == Swept(streams=1, projected=0, resent=0)


def test_a_scan_that_nobody_works_on_is_sent_again_after_three_hours() -> None:
    app = lost_hints()
    app.world.clock.forward(minutes=179)
    assert app.sweep().resent == 0
    app.world.clock.forward(minutes=2)
    assert app.sweep().resent == 1
    assert app.scans_queue.messages == [(ScanMessage(str(image_stream(image_id())), "push-e1"), 0)]
    app.work()
    assert app.health().health is Health.HEALTHY
    assert app.sweep() == Swept(streams=1, projected=0, resent=0)


def test_an_image_that_cannot_be_projected_keeps_no_other_from_being_seen_to(monkeypatch: pytest.MonkeyPatch) -> None:
    app = MemoryApp()
    for number in (1, 2, 3):
        app.record_push(push(f"e{number}", number))
    app.projections_queue.take()
    answer = Projector.answer

    def broken(self: Projector, about: ImageId, *of: Any) -> ImageAnswer:
        if about == image_id(1):
            raise DocumentMissing("its report is gone")
        return answer(self, about, *of)

    monkeypatch.setattr(Projector, "answer", broken)
    with pytest.raises(ExceptionGroup, match="1 streams cannot be swept") as caught:
        app.sweep()
    (told,) = caught.value.exceptions
    assert (str(told), told.__notes__) == ("its report is gone", [f"stream {image_stream(image_id(1))}"])
    assert [app.images.get(image_id(number)) is not None for number in (1, 2, 3)] == [False, True, True]


def failed(reason: FailureReason) -> MemoryApp:
    app = MemoryApp()
    app.world.registry.failure = ScanFailure(reason, "it went wrong")
    app.record_push(push("e1"))
    app.work()
    app.world.registry.failure = None
    return app


@pytest.mark.parametrize("reason", list(FailureReason))
def test_a_scan_that_failed_for_a_reason_that_may_have_passed_is_tried_again(reason: FailureReason) -> None:
    app = failed(reason)
    app.world.clock.forward(minutes=59)
    assert app.sweep().resent == 0
    app.world.clock.forward(minutes=2)
    may_have_passed = ScanFailure(reason, "").retryable
    assert app.sweep().resent == may_have_passed
    assert app.sweep().resent == 0
    app.work()
    assert (app.health().health is Health.HEALTHY) is may_have_passed


def test_a_failed_image_that_was_deleted_is_left_alone() -> None:
    app = failed(FailureReason.REGISTRY_ERROR)
    app.receive_event.record_deletion(deletion(minute=9))
    app.world.clock.forward(hours=2)
    assert app.sweep().resent == 0


def test_a_failure_that_lasts_is_tried_again_once_an_hour() -> None:
    app = failed(FailureReason.REGISTRY_ERROR)
    app.world.registry.failure = ScanFailure(FailureReason.REGISTRY_ERROR, "503")
    tried = []
    for _ in range(6):
        app.world.clock.forward(minutes=31)
        tried.append(app.sweep().resent)
        app.work()
    assert tried == [0, 1, 0, 1, 0, 1]


def test_an_index_that_nobody_resolves_is_sent_again() -> None:
    app = MemoryApp()
    app.world.registry.manifests[digest(50)] = index_manifest(50, 1)
    app.record_push(push("e1", 50, media_type=OCI_INDEX))
    app.scans_queue.take()
    assert app.sweep() == Swept(streams=1, projected=0, resent=0)
    app.world.clock.forward(minutes=181)
    assert app.sweep().resent == 1
    assert app.scans_queue.messages == [(ScanMessage(str(index_stream(REGISTRY, digest(50))), "push-e1"), 0)]
    app.work()
    assert app.sweep().resent == 0
