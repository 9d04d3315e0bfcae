"""The index aggregate."""

from collections.abc import Callable

import pytest

from shared.domain import image_index
from shared.domain.events import (
    DomainEvent,
    FindingEnabled,
    ImageDeleted,
    ImageTagged,
    IndexResolved,
    ResolvedImage,
    ScanFailed,
    ScanRequested,
    Trigger,
)
from shared.domain.failures import FailureReason
from shared.domain.image_index import IndexState
from shared.domain.media_types import DOCKER_MANIFEST, OCI_INDEX
from tests.support.examples import at, digest, recorded, stream

TAGGED = ImageTagged("app", "v1", OCI_INDEX)
ASKED = ScanRequested("scan-1", "app", Trigger.PUSH)
RESOLVED = IndexResolved("scan-1", (ResolvedImage(digest(1), DOCKER_MANIFEST),))
FAILED = ScanFailed("scan-1", FailureReason.MANIFEST_MISSING, "404")


def after(*events: DomainEvent) -> IndexState:
    return image_index.fold(stream(*events))


def test_each_push_is_resolved_once() -> None:
    assert image_index.push(IndexState(), TAGGED, ASKED) == [TAGGED, ASKED]
    assert image_index.push(after(TAGGED, ASKED), TAGGED, ASKED) == []
    second = ScanRequested("scan-2", "app", Trigger.PUSH)
    assert image_index.push(after(TAGGED, ASKED), TAGGED, second) == [TAGGED, second]


def test_a_scan_that_was_asked_for_is_requested_once() -> None:
    assert image_index.request_scan(IndexState(), ASKED) == [ASKED]
    assert image_index.request_scan(after(ASKED), ASKED) == []


@pytest.mark.parametrize(("end", "event"), [(image_index.resolve, RESOLVED), (image_index.fail, FAILED)])
def test_a_scan_ends_once(end: Callable[[IndexState, DomainEvent], list[DomainEvent]], event: DomainEvent) -> None:
    assert end(after(TAGGED, ASKED), event) == [event]
    assert end(after(TAGGED, ASKED, event), event) == []
    assert end(after(TAGGED), event) == []


def test_a_later_answer_clears_the_failure() -> None:
    assert after(TAGGED, ASKED, FAILED).failure == FAILED
    resolved = after(TAGGED, ASKED, FAILED, ScanRequested("scan-2", "app", Trigger.PUSH), RESOLVED)
    assert resolved.failure is None
    assert resolved.images == RESOLVED.images


def test_a_deletion_is_noted_once_and_the_latest_stands() -> None:
    deleted = ImageDeleted("app")
    state = image_index.fold([*stream(TAGGED, ASKED), recorded(3, deleted, at(5))])
    assert image_index.delete(state, deleted, at(5)) == []
    assert image_index.delete(state, deleted, at(4)) == []
    assert image_index.delete(state, deleted, at(6)) == [deleted]
    assert image_index.evolve(state, recorded(4, deleted, at(6))).deleted_at == {"app": at(6)}


def test_an_index_nobody_knows_is_not_deleted() -> None:
    assert image_index.delete(IndexState(), ImageDeleted("app"), at(0)) == []


def test_an_event_of_another_stream_is_refused() -> None:
    with pytest.raises(TypeError, match="FindingEnabled does not belong"):
        image_index.evolve(IndexState(), recorded(1, FindingEnabled("r", "", "me")))
