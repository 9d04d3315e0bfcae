"""The image aggregate: what its events add up to, whatever order they come in."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain import image, image_decisions
from shared.domain.events import (
    DomainEvent,
    FindingEnabled,
    ImageDeleted,
    ImagePulled,
    ImageTagged,
    ImageUntagged,
    ScanCompleted,
    ScanFailed,
    ScanRequested,
    Trigger,
)
from shared.domain.failures import FailureReason
from shared.domain.image import ImageState
from shared.domain.media_types import DOCKER_MANIFEST
from tests.support.examples import at, completed, recorded, stream

type Told = tuple[str, str, str | None, int]  # what, repository, tag, minute

REPOSITORIES = st.sampled_from(["app", "copy"])
MINUTES = st.integers(0, 6)
TOLD = st.one_of(
    st.tuples(st.just("push"), REPOSITORIES, st.sampled_from(["v1", "v2", None]), MINUTES),
    st.tuples(st.just("delete"), REPOSITORIES, st.none(), MINUTES),
    # Pulls name one repository: of those of one day only the first to arrive is noted, wherever it was from.
    st.tuples(st.just("pull"), st.just("app"), st.none(), st.integers(0, 3).map(lambda day: day * 24 * 60)),
)


@st.composite
def deliveries(draw: st.DrawFn) -> tuple[list[Told], list[Told]]:
    """Draw what happened, and two ways in which it is delivered: each once to three times, in any order."""
    happened = draw(st.lists(TOLD, min_size=1, max_size=6, unique=True))

    def order() -> list[Told]:
        often = [one for one in happened for _ in range(draw(st.integers(1, 3)))]
        return draw(st.permutations(often))

    return order(), order()


def decide(state: ImageState, told: Told) -> list[DomainEvent]:
    what, repository, tag, minute = told
    if what == "push":
        tagged = ImageTagged(repository, tag, DOCKER_MANIFEST)
        return image_decisions.push(state, tagged, f"push-{told}", at(minute))
    if what == "delete":
        return image_decisions.delete(state, ImageDeleted(repository), at(minute))
    return image_decisions.pull(state, ImagePulled(repository), f"pull-{told}", at(minute))


def deliver(state: ImageState, told: Told) -> ImageState:
    for event in decide(state, told):
        state = image.evolve(state, recorded(state.version + 1, event, at(told[3])))
    return state


def names(state: ImageState) -> dict[str, tuple[bool, tuple[str, ...]]]:
    return {name: (use.present, use.current_tags) for name, use in state.repositories.items()}


@given(deliveries())
def test_the_order_and_number_of_deliveries_do_not_matter(ways: tuple[list[Told], list[Told]]) -> None:
    one, other = ImageState(), ImageState()
    for told in ways[0]:
        one = deliver(one, told)
    for told in ways[1]:
        other = deliver(other, told)
    assert names(one) == names(other)
    assert one.deleted == other.deleted
    assert one.last_pushed == other.last_pushed
    assert _day(one.last_pulled) == _day(other.last_pulled)


@given(deliveries())
def test_what_was_delivered_in_order_is_what_the_registry_holds(ways: tuple[list[Told], list[Told]]) -> None:
    state = ImageState()
    for told in ways[0]:
        state = deliver(state, told)
    for repository, use in state.repositories.items():
        here = [told for told in ways[0] if told[1] == repository and told[0] != "pull"]
        deleted = max((minute for what, _, _, minute in here if what == "delete"), default=-1)
        tags = {tag for what, _, tag, minute in here if what == "push" and tag and minute > deleted}
        assert use.current_tags == tuple(sorted(tags))


@given(deliveries())
def test_what_was_decided_once_is_never_decided_again(ways: tuple[list[Told], list[Told]]) -> None:
    state = ImageState()
    for told in ways[0]:
        state = deliver(state, told)
        assert decide(state, told) == []


@given(deliveries())
def test_at_most_one_scan_is_open_and_the_image_is_charged_once(ways: tuple[list[Told], list[Told]]) -> None:
    state, charges = ImageState(), 0
    for told in ways[0]:
        state = deliver(state, told)
        assert len(state.open_scans) <= 1
        for scan_id in tuple(state.open_scans):
            [answer] = image_decisions.complete_scan(state, completed(scan_id))
            state = image.evolve(state, recorded(state.version + 1, answer))
            charges += isinstance(answer, ScanCompleted) and answer.charged
    assert charges <= 1


@given(st.permutations(range(4)), st.lists(st.integers(0, 3), max_size=8))
def test_a_fold_in_two_steps_equals_one_fold(order: list[int], extra: list[int]) -> None:
    events = stream(*(ImageTagged("app", f"v{number}", DOCKER_MANIFEST) for number in [*order, *extra]))
    cut = len(events) // 2
    assert image.fold(events[cut:], image.fold(events[:cut])) == image.fold(events)


def test_an_event_of_another_stream_is_refused() -> None:
    with pytest.raises(TypeError, match="FindingEnabled does not belong"):
        image.evolve(ImageState(), recorded(1, FindingEnabled("r", "", "me")))


def test_of_two_deletions_in_a_stream_the_later_one_stands() -> None:
    deleted = ImageDeleted("app")
    state = image.fold([recorded(1, deleted, at(5)), recorded(2, deleted, at(3))])
    assert state.repositories["app"].deleted_at == at(5)


def test_a_tag_that_was_never_here_cannot_end() -> None:
    tagged = ImageTagged("app", "v1", DOCKER_MANIFEST)
    for moved in (ImageUntagged("app", "v2", None), ImageUntagged("copy", "v1", None)):
        state = image.fold(stream(tagged, moved))
        assert state.repositories["app"].current_tags == ("v1",)
        assert list(state.repositories) == ["app"]


def test_the_scan_that_saw_later_advisories_stands_whichever_ends_last() -> None:
    newer, older = completed("new", advisories_at=at(5)), completed("old", advisories_at=at(1))
    asked = [ScanRequested("new", "app", Trigger.ADVISORY), ScanRequested("old", "app", Trigger.PUSH)]
    for ending in ([newer, older], [older, newer]):
        last = image.fold(stream(*asked, *ending)).last_scan
        assert last is not None
        assert last.event.scan_id == "new"


def test_an_answer_clears_the_failure_before_it() -> None:
    asked = [ScanRequested("one", "app", Trigger.PUSH), ScanRequested("two", "app", Trigger.RESCAN)]
    failed = ScanFailed("one", FailureReason.REGISTRY_ERROR, "503")
    assert image.fold(stream(*asked, failed)).last_failure is not None
    assert image.fold(stream(*asked, failed, completed("two"))).last_failure is None


def test_an_image_nobody_has_heard_of_is_not_deleted() -> None:
    assert not ImageState().deleted


def test_the_charge_names_the_cause_of_the_scan() -> None:
    charge = image.fold([recorded(1, completed(charged=True), at(3), cause="event-7")]).charge
    assert charge is not None
    assert (charge.event_id, charge.at, charge.repository) == ("event-7", at(3), "app")


def test_first_seen_is_the_earliest_time_of_all() -> None:
    tagged = ImageTagged("app", "v1", DOCKER_MANIFEST)
    state = image.fold([recorded(1, tagged, at(5)), recorded(2, ImagePulled("app"), at(2))])
    assert (state.first_seen, state.last_pushed, state.last_pulled) == (at(2), at(5), at(2))


def _day(time: datetime | None) -> object:
    return time.date() if time else None
