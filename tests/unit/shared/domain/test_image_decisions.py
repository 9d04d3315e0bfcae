"""What may happen to an image, one decision at a time."""

from datetime import datetime

import pytest

from shared.domain import image, image_decisions
from shared.domain.events import (
    DomainEvent,
    ImageDeleted,
    ImagePulled,
    ImageTagged,
    ImageUntagged,
    Outcome,
    ScanFailed,
    ScanRequested,
    Trigger,
)
from shared.domain.failures import FailureReason
from shared.domain.image import ImageState
from shared.domain.media_types import DOCKER_MANIFEST
from tests.support.examples import at, completed, recorded, stream, summary

DELETED = ImageDeleted("app")


def tagged(tag: str | None = "v1", repository: str = "app") -> ImageTagged:
    return ImageTagged(repository, tag, DOCKER_MANIFEST)


def requested(scan_id: str = "scan-1", trigger: Trigger = Trigger.PUSH) -> ScanRequested:
    return ScanRequested(scan_id, "app", trigger)


def failed(scan_id: str = "scan-1") -> ScanFailed:
    return ScanFailed(scan_id, FailureReason.REGISTRY_UNREACHABLE, "no route")


def after(*events: DomainEvent) -> ImageState:
    return image.fold(stream(*events))


def then(state: ImageState, events: list[DomainEvent], when: datetime) -> ImageState:
    for event in events:
        state = image.evolve(state, recorded(state.version + 1, event, when))
    return state


def test_the_first_push_names_the_image_and_asks_for_a_scan() -> None:
    assert image_decisions.push(ImageState(), tagged(), "scan-1", at(0)) == [tagged(), requested()]


def test_the_same_push_again_changes_nothing() -> None:
    state = then(ImageState(), [tagged(), requested()], at(0))
    assert image_decisions.push(state, tagged(), "scan-1", at(0)) == []


def test_a_first_push_that_comes_late_is_noted_since_it_says_when_the_image_was_first_seen() -> None:
    state = then(ImageState(), [tagged(), requested()], at(5))
    state = then(state, image_decisions.push(state, tagged(), "scan-0", at(1)), at(1))
    assert (state.first_seen, state.last_pushed) == (at(1), at(5))
    assert image_decisions.push(state, tagged(), "scan-2", at(3)) == []


def test_a_second_tag_of_an_answered_image_needs_no_second_scan() -> None:
    state = after(tagged(), requested(), completed())
    assert image_decisions.push(state, tagged("v2"), "scan-2", at(5)) == [tagged("v2")]


def test_a_push_during_a_scan_asks_for_no_other() -> None:
    assert image_decisions.push(after(tagged(), requested()), tagged("v2"), "scan-2", at(5)) == [tagged("v2")]


@pytest.mark.parametrize("ending", [failed(), completed(outcome=Outcome.UNSUPPORTED, summary=None)])
def test_a_push_of_an_image_without_an_answer_asks_for_a_scan(ending: DomainEvent) -> None:
    state = after(tagged(), requested(), ending)
    assert image_decisions.push(state, tagged(), "scan-2", at(9)) == [tagged(), requested("scan-2")]


def test_the_push_of_a_failed_scan_is_not_scanned_again_by_its_redelivery() -> None:
    state = after(tagged(), requested(), failed())
    assert image_decisions.push(state, tagged(), "scan-1", at(0)) == []


def test_a_push_after_a_deletion_brings_the_image_back_and_scans_it() -> None:
    state = after(tagged(), requested(), completed(), DELETED)
    events = image_decisions.push(state, tagged(), "scan-2", at(9))
    assert events == [tagged(), requested("scan-2")]
    assert then(state, events, at(9)).present_repositories == ("app",)


def test_a_push_older_than_the_deletion_brings_nothing_back_and_asks_for_no_scan() -> None:
    state = then(ImageState(), [DELETED], at(5))
    events = image_decisions.push(state, tagged(), "scan-1", at(4))
    assert requested() not in events
    later = then(state, events, at(4))
    assert later.deleted
    assert later.repositories["app"].current_tags == ()


def test_a_push_at_the_time_of_the_deletion_counts_as_deleted_in_either_order() -> None:
    push_first = then(then(ImageState(), [tagged(), requested()], at(5)), [DELETED], at(5))
    delete_first = then(ImageState(), [DELETED], at(5))
    delete_first = then(delete_first, image_decisions.push(delete_first, tagged(), "s", at(5)), at(5))
    assert push_first.deleted
    assert delete_first.deleted


def test_a_tag_that_moved_on_ends_where_the_other_push_began() -> None:
    moved = ImageUntagged("app", "v1", "sha256:other")
    state = after(tagged())
    events = image_decisions.untag(state, moved, at(3))
    assert events == [moved]
    ended = then(state, events, at(3))
    assert ended.repositories["app"].current_tags == ()
    assert image_decisions.untag(ended, moved, at(3)) == []


def test_a_tag_that_was_never_here_or_came_later_cannot_move_on() -> None:
    moved = ImageUntagged("app", "v1", "sha256:other")
    assert image_decisions.untag(ImageState(), moved, at(3)) == []
    assert image_decisions.untag(after(tagged("v2")), moved, at(3)) == []
    assert image_decisions.untag(then(ImageState(), [tagged()], at(4)), moved, at(3)) == []


def test_a_late_push_does_not_reopen_a_tag_that_moved_on_but_counts_as_a_push() -> None:
    state = then(then(ImageState(), [tagged()], at(1)), [ImageUntagged("app", "v1", "sha256:other")], at(5))
    late = then(state, image_decisions.push(state, tagged(), "scan-1", at(3)), at(3))
    assert late.repositories["app"].current_tags == ()
    assert late.last_pushed == at(3)


def test_an_image_that_was_pulled_before_it_was_announced_is_scanned_as_an_import() -> None:
    pulled = ImagePulled("app", "v1")
    expected = [pulled, requested(trigger=Trigger.IMPORT)]
    assert image_decisions.pull(ImageState(), pulled, "scan-1", at(0)) == expected


def test_pulls_are_noted_once_a_day() -> None:
    pulled = ImagePulled("app", "v1")
    state = then(after(tagged()), [pulled], at(60))
    assert image_decisions.pull(state, pulled, "s", at(120)) == []
    assert image_decisions.pull(state, pulled, "s", at(-24 * 60)) == []
    assert image_decisions.pull(state, pulled, "s", at(24 * 60)) == [pulled]


def test_a_pull_does_not_bring_a_deleted_image_back() -> None:
    state = after(tagged(), DELETED)
    events = image_decisions.pull(state, ImagePulled("app", "v1"), "s", at(9))
    assert then(state, events, at(9)).deleted


def test_a_pull_does_not_change_which_repository_is_shown_first() -> None:
    state = then(after(tagged(), tagged(repository="copy")), [ImagePulled("copy")], at(9))
    assert state.present_repositories == ("app", "copy")


def test_a_rescan_does_not_change_which_repository_is_shown_first() -> None:
    state = then(after(tagged(), tagged(repository="copy")), [ScanRequested("s", "copy", Trigger.RESCAN)], at(9))
    assert state.present_repositories == ("app", "copy")


def test_a_deletion_ends_the_tags_of_its_repository_only() -> None:
    state = after(tagged(), tagged("v1", "copy"), DELETED)
    assert state.present_repositories == ("copy",)
    assert state.repositories["app"].current_tags == ()
    assert state.repositories["copy"].current_tags == ("v1",)


def test_the_same_deletion_again_changes_nothing() -> None:
    state = then(after(tagged()), [DELETED], at(5))
    assert image_decisions.delete(state, DELETED, at(5)) == []


def test_a_late_deletion_leaves_the_later_push_and_takes_the_tags_before_it() -> None:
    state = then(then(ImageState(), [tagged("old")], at(1)), [tagged("new")], at(5))
    late = then(state, image_decisions.delete(state, DELETED, at(3)), at(3))
    assert not late.deleted
    assert late.repositories["app"].current_tags == ("new",)


def test_the_later_of_two_deletions_counts_against_a_late_push() -> None:
    state = then(ImageState(), [DELETED], at(3))
    state = then(state, image_decisions.delete(state, DELETED, at(5)), at(5))
    late = then(state, image_decisions.push(state, tagged(), "s", at(4)), at(4))
    assert late.deleted


def test_a_scan_is_requested_once_by_an_id_and_not_while_another_is_open() -> None:
    assert image_decisions.request_scan(after(tagged()), requested()) == [requested()]
    running = after(tagged(), requested())
    assert image_decisions.request_scan(running, requested()) == []
    assert image_decisions.request_scan(running, requested("scan-2", Trigger.MANUAL)) == []


def test_new_advisories_ask_for_a_scan_beside_an_open_one() -> None:
    wanted = requested("scan-2", Trigger.ADVISORY)
    assert image_decisions.request_scan(after(tagged(), requested()), wanted) == [wanted]


def test_no_scan_of_a_deleted_image_is_requested() -> None:
    assert image_decisions.request_scan(after(tagged(), DELETED), requested()) == []


def test_an_ended_scan_is_not_requested_again() -> None:
    assert image_decisions.request_scan(after(tagged(), requested(), completed()), requested()) == []


def test_an_observed_image_gets_its_tag_only_where_it_has_none() -> None:
    wanted = requested("scan-2", Trigger.MANUAL)
    assert image_decisions.observe(ImageState(), tagged(), wanted) == [tagged(), wanted]
    assert image_decisions.observe(after(tagged()), tagged(), wanted) == [wanted]
    assert image_decisions.observe(ImageState(), tagged(None), wanted) == [wanted]


@pytest.mark.parametrize("tag", ["v1", None])
def test_an_image_that_was_deleted_and_is_seen_again_is_back_and_scanned(tag: str | None) -> None:
    state = after(tagged(), requested(), completed(), DELETED)
    wanted = requested("scan-2", Trigger.MANUAL)
    events = image_decisions.observe(state, tagged(tag), wanted)
    assert events == [tagged(tag), wanted]
    assert not then(state, events, at(9)).deleted


def test_the_answer_of_a_scan_is_taken_once() -> None:
    running = after(tagged(), requested())
    assert len(image_decisions.complete_scan(running, completed())) == 1
    assert image_decisions.complete_scan(after(tagged(), requested(), completed()), completed()) == []
    assert image_decisions.complete_scan(after(tagged()), completed()) == []


def test_a_failure_is_taken_once_and_not_after_an_answer() -> None:
    assert image_decisions.fail_scan(after(tagged(), requested()), failed()) == [failed()]
    assert image_decisions.fail_scan(after(tagged(), requested(), failed()), failed()) == []
    assert image_decisions.fail_scan(after(tagged(), requested(), completed()), failed()) == []


def test_an_answer_after_a_failure_of_the_same_scan_is_not_taken() -> None:
    assert image_decisions.complete_scan(after(tagged(), requested(), failed()), completed()) == []


CHARGED = [
    ("covered and clean", completed(), True),
    ("covered with findings", completed(summary=summary(3)), True),
    ("gaps with findings", completed(summary=summary(1, gaps=("no advisories",))), True),
    ("gaps only", completed(summary=summary(gaps=("no advisories",))), False),
    ("unsupported", completed(outcome=Outcome.UNSUPPORTED), False),
    ("artifact", completed(outcome=Outcome.ARTIFACT), False),
    ("no summary", completed(summary=None), False),
    ("claims to be charged itself", completed(outcome=Outcome.ARTIFACT, charged=True), False),
]


@pytest.mark.parametrize(("answer", "charged"), [case[1:] for case in CHARGED], ids=[case[0] for case in CHARGED])
def test_only_the_first_assessing_answer_is_charged(answer: DomainEvent, charged: bool) -> None:
    running = after(tagged(), requested())
    [event] = image_decisions.complete_scan(running, answer)  # type: ignore[arg-type]
    assert event.charged is charged  # type: ignore[attr-defined]
    assert (then(running, [event], at(1)).charge is not None) is charged


def test_the_second_scan_is_never_charged() -> None:
    state = after(tagged(), requested())
    state = then(state, image_decisions.complete_scan(state, completed()), at(1))
    first = state.charge
    state = then(state, [requested("scan-2", Trigger.RESCAN)], at(2))
    [second] = image_decisions.complete_scan(state, completed("scan-2", charged=True))
    assert second == completed("scan-2", charged=False)
    assert then(state, [second], at(3)).charge == first


def test_a_failed_scan_is_never_charged() -> None:
    assert after(tagged(), requested(), failed()).charge is None


def test_an_answer_that_comes_after_a_gap_is_the_one_that_is_charged() -> None:
    state = after(tagged(), requested(), completed(summary=summary(gaps=("no advisories",))), requested("scan-2"))
    [answer] = image_decisions.complete_scan(state, completed("scan-2"))
    assert answer == completed("scan-2", charged=True)
