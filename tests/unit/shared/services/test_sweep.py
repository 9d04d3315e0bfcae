"""The backstop: whatever was lost is found."""

from datetime import timedelta
from typing import Any, cast

import pytest

from shared.domain.criteria import Criteria
from shared.domain.events import FindingDisabled, FindingEnabled
from shared.domain.failures import RETRY_AFTER, FailureReason, ScanFailure
from shared.domain.image_health import Health
from shared.domain.media_types import OCI_INDEX
from shared.domain.messages import Hint, ScanMessage, Seen, WalkMessage
from shared.domain.references import ImageId
from shared.domain.rules import RuleScope
from shared.domain.severity import Severity
from shared.eventlog.streams import image_stream, index_stream
from shared.projections.image_rows import ImageAnswer
from shared.projections.projector import Projector
from shared.projections.walks import passes
from shared.settings import Settings
from shared.storage.documents import DocumentMissing
from tests.support import memory_storage
from tests.support.examples import REGISTRY, START, at, deletion, digest, finding, image_id, push, report
from tests.support.memory_app import MemoryAdvisories, MemoryApp, index_manifest
from tests.support.memory_storage import MemoryTable


def lost_hints() -> MemoryApp:
    """Return an app that recorded a push and then lost every message."""
    app = MemoryApp()
    app.record_push(push("e1"))
    app.projections_queue.take()
    app.scans_queue.take()
    return app


def test_an_image_whose_hints_were_lost_is_projected() -> None:
    app = lost_hints()
    assert app.sweep() == Seen(streams=1, projected=1, sent=0)
    assert app.health().health is Health.NOT_ASSESSED
    assert app.sweep() == Seen(streams=1, projected=0, sent=0)


def test_a_scan_that_nobody_works_on_is_sent_again_after_three_hours() -> None:
    app = lost_hints()
    app.world.clock.forward(minutes=179)
    assert app.sweep().sent == 0
    app.world.clock.forward(minutes=2)
    assert app.sweep().sent == 1
    assert app.scans_queue.messages == [(ScanMessage(str(image_stream(image_id())), "push-e1"), 0)]
    app.work()
    assert app.health().health is Health.HEALTHY
    assert app.sweep() == Seen(streams=1, projected=0, sent=0)


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
    assert app.sweep().failed == 1
    assert [app.images.get(image_id(number)) is not None for number in (1, 2, 3)] == [False, True, True]


def test_an_image_whose_row_is_full_is_not_assessed_and_keeps_no_other_from_being_seen_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = MemoryApp(settings=Settings(registries=(REGISTRY,), unhealthy_from=Severity.HIGH))
    app.world.advisories = MemoryAdvisories(report=report([finding(f"CVE-{one}", Severity.LOW) for one in range(50)]))
    app.record_push(push("e1"))
    app.work()
    assert app.health().health is Health.HEALTHY
    [row] = app.images.rows()
    monkeypatch.setattr(memory_storage, "_MAX_ROW", sum(map(memory_storage._stored_size, row.values())))
    app.record_push(push("e2", tag="another", minute=5))
    app.projections_queue.take()
    app.world.clock.forward(hours=1)
    assert app.sweep() == Seen(1, failed=1)
    assert app.health().health is Health.NOT_ASSESSED


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
    pause = RETRY_AFTER.get(reason, timedelta(days=365))
    app.world.clock.at += pause - timedelta(minutes=1)
    assert app.sweep().sent == 0
    app.world.clock.forward(minutes=2)
    may_have_passed = reason in RETRY_AFTER
    assert app.sweep().sent == may_have_passed
    assert app.sweep().sent == 0
    app.work()
    assert (app.health().health is Health.HEALTHY) is may_have_passed


def test_an_image_that_kills_the_scanner_at_every_attempt_is_tried_again_once_a_day() -> None:
    app = MemoryApp()
    app.record_push(push("e1"))
    tried = []
    for _ in range(49):
        for message in app.scans_queue.take():
            assert isinstance(message, ScanMessage)
            app.run_scan.give_up(message)
        app.project(Hint(str(image_stream(image_id()))))
        app.world.clock.forward(hours=1)
        tried.append(app.sweep().sent)
    assert [hour for hour, sent in enumerate(tried, start=1) if sent] == [24, 48]
    assert app.health().health is Health.NOT_ASSESSED


def test_a_failed_image_that_was_deleted_is_left_alone() -> None:
    app = failed(FailureReason.REGISTRY_ERROR)
    app.receive_event.record_deletion(deletion(minute=9))
    app.world.clock.forward(hours=2)
    assert app.sweep().sent == 0


def test_a_failure_that_lasts_is_tried_again_once_an_hour() -> None:
    app = failed(FailureReason.REGISTRY_ERROR)
    app.world.registry.failure = ScanFailure(FailureReason.REGISTRY_ERROR, "503")
    tried = []
    for _ in range(6):
        app.world.clock.forward(minutes=31)
        tried.append(app.sweep().sent)
        app.work()
    assert tried == [0, 1, 0, 1, 0, 1]


def test_an_index_that_nobody_resolves_is_sent_again() -> None:
    app = MemoryApp()
    app.world.registry.manifests[digest(50)] = index_manifest(50, 1)
    app.record_push(push("e1", 50, media_type=OCI_INDEX))
    app.scans_queue.take()
    assert app.sweep() == Seen(streams=1, projected=0, sent=0)
    app.world.clock.forward(minutes=181)
    assert app.sweep().sent == 1
    assert app.scans_queue.messages == [(ScanMessage(str(index_stream(REGISTRY, digest(50))), "push-e1"), 0)]
    app.work()
    assert app.sweep().sent == 0


def unhealthy() -> MemoryApp:
    app = MemoryApp()
    app.world.advisories = MemoryAdvisories(report=report([finding("CVE-1")]))
    app.record_push(push("e1"))
    app.work()
    return app


def test_a_rule_whose_hints_were_lost_is_found_at_the_images_and_so_is_its_end() -> None:
    app = unhealthy()
    app.disable_findings.disable(FindingDisabled("r1", RuleScope(), Criteria(("CVE-1",)), "why", "me"))
    app.projections_queue.take()
    assert app.sweep().projected == 1
    assert app.health().health is Health.HEALTHY
    app.disable_findings.enable(FindingEnabled("r1", "wrong", "me"))
    app.projections_queue.take()
    assert app.sweep().projected == 1
    assert app.health().health is Health.UNHEALTHY


def test_a_rule_whose_expiry_nobody_noticed_is_found() -> None:
    app = unhealthy()
    app.disable_findings.disable(FindingDisabled("r1", RuleScope(), Criteria(("CVE-1",)), "why", "me", at(60)))
    app.sweep()
    assert app.health().health is Health.HEALTHY
    app.world.clock.forward(minutes=61)
    assert app.sweep().projected == 1
    assert app.health().health is Health.UNHEALTHY


def many_lost_hints(count: int) -> MemoryApp:
    """Return an app of images and one index whose hints were all lost; each projection takes it half a minute."""
    app = MemoryApp()
    for number in range(1, count + 1):
        app.record_push(push(f"e{number}", number, tag=f"v{number}"))
    app.world.registry.manifests[digest(500)] = index_manifest(500, 1)
    app.record_push(push("index", 500, media_type=OCI_INDEX))
    app.projections_queue.take()
    app.scans_queue.take()
    images = app.generations.live().images.table
    assert isinstance(images, MemoryTable)
    images.before_write.extend([lambda: app.world.clock.forward(seconds=30)] * count)
    return app


def test_a_sweep_that_takes_long_goes_on_by_messages_and_counts_every_stream_once() -> None:
    app = many_lost_hints(70)
    assert app.sweep() == Seen(streams=1, projected=1)
    app.work()
    _, last = passes(list(app.walk_states.all()))
    assert last is not None
    assert (last.streams, last.repaired, last.failed) == (71, 70, 0)
    assert app.sweep().streams == 71


def test_a_sweep_that_goes_on_is_not_begun_anew_until_it_stands_still() -> None:
    app = many_lost_hints(70)
    app.sweep()
    messages = len(app.walks_queue.messages)
    app.world.clock.forward(minutes=59)
    assert app.sweep() == Seen()
    assert len(app.walks_queue.messages) == messages
    app.world.clock.forward(minutes=1)
    app.sweep()
    assert len(app.walks_queue.messages) == 2 * messages
    app.work()
    assert passes(list(app.walk_states.all()))[0] is None


def test_a_sweep_whose_messages_are_lost_goes_on_where_it_was() -> None:
    app = many_lost_hints(70)
    for _ in range(8):
        app.sweep()
        messages = [cast(WalkMessage, message) for message in app.walks_queue.take()]
        app.work_walks.go_on(next(message for message in messages if message.at == START))
        app.world.clock.forward(hours=1)
    current, _ = passes(list(app.walk_states.all()))
    assert current is not None
    assert (current.started_at, current.streams) == (START, 9)
