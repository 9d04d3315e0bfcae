"""Indexes: a name for several images."""

import pytest

from shared.domain.events import ImageTagged, ScanRequested, Trigger
from shared.domain.failures import FailureReason, ScanFailure
from shared.domain.media_types import OCI_INDEX
from shared.domain.messages import ScanMessage
from shared.eventlog.streams import index_stream
from shared.services.commands import command
from tests.support.examples import REGISTRY, START, digest, push
from tests.support.memory_app import MemoryApp, image_manifest, index_manifest
from tests.support.memory_storage import MemoryTable

INDEX = 50
NAME = index_stream(REGISTRY, digest(INDEX))


def pushed() -> MemoryApp:
    app = MemoryApp()
    app.world.registry.manifests[digest(INDEX)] = index_manifest(INDEX, 1, 2)
    app.record_push(push("e1", INDEX, 1, media_type=OCI_INDEX))
    return app


def test_every_image_of_an_index_gets_its_tag_and_a_scan_of_its_own() -> None:
    app = pushed()
    app.work()
    for number in (1, 2):
        assert app.state(number).repositories["app"].current_tags == ("v1",)
        assert app.state(number).charge is not None
    assert app.index(INDEX).open_scans == {}
    assert [one.digest for one in app.index(INDEX).images or ()] == [digest(1), digest(2)]


def test_attestations_are_no_images() -> None:
    app = pushed()
    app.work()
    assert len(list(app.log.streams("image"))) == 2


def test_the_tag_of_an_image_names_the_index_that_gave_it() -> None:
    app = pushed()
    app.work()
    [tagged] = [one.event for one in app.stream(1).events if isinstance(one.event, ImageTagged)]
    assert tagged.index == digest(INDEX)
    assert app.stream(1).events[0].meta.correlation_id == "e1"


def test_the_message_again_changes_nothing() -> None:
    app = pushed()
    app.work()
    versions = [app.stream(number).version for number in (1, 2)]
    app.run_scan(ScanMessage(str(NAME), "push-e1"), last_attempt=False)
    assert [app.stream(number).version for number in (1, 2)] == versions
    assert app.index(INDEX).version == 3


def test_a_process_that_dies_half_way_is_completed_by_the_next_delivery() -> None:
    app = pushed()
    tags = app.move_tag.tags.table
    assert isinstance(tags, MemoryTable)
    tags.before_write.append(_die)
    with pytest.raises(MemoryError):
        app.run_scan(ScanMessage(str(NAME), "push-e1"), last_attempt=False)
    assert list(app.index(INDEX).open_scans) == ["push-e1"]
    app.work()
    assert app.index(INDEX).open_scans == {}
    assert [len(app.state(number).scan_ids) for number in (1, 2)] == [1, 1]


def _die() -> None:
    raise MemoryError("the worker is gone")


def test_images_that_have_an_answer_are_not_scanned_again_by_a_push() -> None:
    app = pushed()
    app.work()
    app.record_push(push("e2", INDEX, 9, media_type=OCI_INDEX, tag="v2"))
    app.work()
    assert len(app.state(1).scan_ids) == 1
    assert app.state(1).repositories["app"].current_tags == ("v1", "v2")


def test_a_scan_that_no_push_asked_for_scans_every_image() -> None:
    app = pushed()
    app.work()
    asked = ScanRequested("rescan-1", "app", Trigger.RESCAN)
    told = command("rescan-1", asked, at=START, actor="timer", cause="rescan-1")
    app.log.append(app.log.load(NAME), told, [asked])
    app.run_scan(ScanMessage(str(NAME), "rescan-1"), last_attempt=True)
    app.work()
    assert [app.health(number).last_scan.id for number in (1, 2)] == ["rescan-1"] * 2  # type: ignore[union-attr]


def test_a_manifest_that_is_no_index_fails() -> None:
    app = pushed()
    app.world.registry.manifests[digest(INDEX)] = image_manifest(INDEX)
    app.work()
    failure = app.index(INDEX).failure
    assert failure is not None
    assert failure.reason is FailureReason.MANIFEST_INVALID


def test_an_index_that_is_gone_fails_and_its_images_are_left_alone() -> None:
    app = pushed()
    app.world.registry.failure = ScanFailure(FailureReason.MANIFEST_MISSING, "404")
    app.work()
    assert app.index(INDEX).open_scans == {}
    assert list(app.log.streams("image")) == []


def test_a_registry_that_does_not_answer_is_asked_again() -> None:
    app = pushed()
    app.world.registry.failure = ScanFailure(FailureReason.REGISTRY_UNREACHABLE, "no route")
    with pytest.raises(ScanFailure):
        app.run_scan(ScanMessage(str(NAME), "push-e1"), last_attempt=False)
    assert list(app.index(INDEX).open_scans) == ["push-e1"]
    app.world.registry.failure = None
    app.work()
    assert app.state(1).charge is not None


def test_an_index_of_as_many_images_as_an_event_holds_is_resolved() -> None:
    app = MemoryApp()
    app.world.registry.manifests[digest(INDEX)] = index_manifest(INDEX, *range(1000, 1100))
    app.record_push(push("e1", INDEX, 1, media_type=OCI_INDEX))
    app.work()
    assert len(app.index(INDEX).images or ()) == 100


def test_an_index_of_more_images_is_said_to_be_too_large_and_scans_none() -> None:
    app = MemoryApp()
    app.world.registry.manifests[digest(INDEX)] = index_manifest(INDEX, *range(1000, 1101))
    app.record_push(push("e1", INDEX, 1, media_type=OCI_INDEX))
    app.work()
    failure = app.index(INDEX).failure
    assert failure is not None
    assert failure.reason is FailureReason.LIMIT_EXCEEDED
    assert list(app.log.streams("image")) == []
