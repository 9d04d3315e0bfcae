"""Pushes, retags and deletions, as services record them."""

from collections.abc import Sequence
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.events import ScanRequested, Trigger
from shared.domain.media_types import OCI_INDEX
from shared.domain.registry_activity import RegistryDeletion, RegistryPush
from tests.support.examples import REGISTRY, at, deletion, digest, push
from tests.support.memory_app import MemoryApp, index_manifest

type Told = RegistryPush | RegistryDeletion

IMAGES, INDEX = (1, 2), 50
PUSHES = st.builds(
    lambda number, minute, tag, repository: push(
        f"push-{number}-{minute}-{tag}-{repository}", number, minute, tag=tag, repository=repository
    ),
    st.sampled_from(IMAGES),
    st.integers(0, 4),
    st.sampled_from(["v1", "v2", None]),
    st.sampled_from(["app", "copy"]),
)
DELETIONS = st.builds(
    lambda number, minute, repository: deletion(f"delete-{number}-{minute}-{repository}", number, minute, repository),
    st.sampled_from(IMAGES),
    st.integers(0, 4),
    st.sampled_from(["app", "copy"]),
)


@st.composite
def deliveries(draw: st.DrawFn) -> tuple[list[Told], list[Told]]:
    """Draw what happened, and two ways in which it is delivered: each once to three times, in any order."""
    happened = draw(st.lists(st.one_of(PUSHES, PUSHES, DELETIONS), min_size=1, max_size=6, unique=True))

    def order() -> list[Told]:
        return draw(st.permutations([one for one in happened for _ in range(draw(st.integers(1, 3)))]))

    return order(), order()


def deliver(app: MemoryApp, told: Sequence[Told]) -> None:
    for one in told:
        if isinstance(one, RegistryPush):
            app.record_push(one)
        else:
            app.receive_event.record_deletion(one)


def names(app: MemoryApp) -> object:
    """Say what is known of each image: where it is, under which tags, and when it was first seen and last pushed."""
    states = [app.state(number) for number in IMAGES]
    return [
        (
            state.deleted,
            state.first_seen,
            state.last_pushed,
            {name: use.current_tags for name, use in state.repositories.items()},
        )
        for state in states
    ]


@settings(max_examples=200)
@given(deliveries())
def test_retags_end_in_the_same_state_in_any_order_and_number(ways: tuple[list[Told], list[Told]]) -> None:
    one, other = MemoryApp(), MemoryApp()
    deliver(one, ways[0])
    deliver(other, ways[1])
    assert names(one) == names(other)


@pytest.mark.parametrize("order", list(permutations([(1, 0), (1, 3), (2, 0), (2, 3)])))
def test_of_two_pushes_at_one_time_one_keeps_the_tag(order: Sequence[tuple[int, int]]) -> None:
    app = MemoryApp()
    for number, minute in order:
        app.record_push(push(f"push-{number}-{minute}", number, minute, tag="v1"))
    assert [n for n in IMAGES if "v1" in _tags(app, n, "app")] == [2]


@settings(max_examples=200)
@given(deliveries())
def test_a_tag_names_one_image_and_that_is_the_last_pushed_one(ways: tuple[list[Told], list[Told]]) -> None:
    app = MemoryApp()
    deliver(app, ways[0])
    for repository in ("app", "copy"):
        for tag in ("v1", "v2"):
            holders = {n for n in IMAGES if tag in _tags(app, n, repository)}
            assert holders == _last_pushed(ways[0], repository, tag)


@settings(max_examples=100)
@given(deliveries())
def test_each_image_is_scanned_at_most_once_for_a_cause_and_charged_once(ways: tuple[list[Told], list[Told]]) -> None:
    app = MemoryApp()
    for told in ways[0]:
        deliver(app, [told])
        assert all(len(app.state(number).open_scans) <= 1 for number in IMAGES)
    app.work()
    deliver(app, ways[1])
    app.work()
    asked = [
        one.event for number in IMAGES for one in app.stream(number).events if isinstance(one.event, ScanRequested)
    ]
    assert len({(event.scan_id, event.repository) for event in asked}) == len(asked)
    charges = [charge.digest for charge in app.query_billing.charges("2026-11", None)]
    assert len(charges) == len(set(charges))


@settings(max_examples=100)
@given(deliveries())
def test_a_second_delivery_of_everything_writes_nothing(ways: tuple[list[Told], list[Told]]) -> None:
    app = MemoryApp()
    deliver(app, ways[0])
    before = [app.stream(number).version for number in IMAGES]
    deliver(app, ways[1])
    assert [app.stream(number).version for number in IMAGES] == before


def test_a_push_asks_for_one_scan_of_the_image() -> None:
    app = MemoryApp()
    app.record_push(push("e1"))
    [scan] = app.state().open_scans.values()
    assert (scan.scan_id, scan.trigger, scan.repository, scan.correlation_id) == ("push-e1", Trigger.PUSH, "app", "e1")


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_of_two_pushes_at_the_same_time_the_same_one_wins_in_either_order(order: tuple[int, int]) -> None:
    app = MemoryApp()
    for number in order:
        app.record_push(push(f"e{number}", number))
    assert [app.state(number).repositories["app"].current_tags for number in IMAGES] == [(), ("v1",)]


def test_a_push_without_a_tag_moves_none() -> None:
    app = MemoryApp()
    app.record_push(push("e1"))
    app.record_push(push("e2", 2, 5, tag=None))
    assert app.state(1).repositories["app"].current_tags == ("v1",)
    assert app.state(2).repositories["app"].current_tags == ()


@pytest.mark.parametrize("order", [("index", "image"), ("image", "index")])
def test_a_later_push_of_one_image_takes_the_tag_from_the_others_of_the_index(order: tuple[str, str]) -> None:
    app = MemoryApp()
    app.world.registry.manifests[digest(INDEX)] = index_manifest(INDEX, *IMAGES)
    told = {"index": push("e1", INDEX, 0, media_type=OCI_INDEX), "image": push("e2", 2, 5)}
    for name in order:
        app.record_push(told[name])
        app.work()
    assert [app.state(number).repositories["app"].current_tags for number in IMAGES] == [(), ("v1",)]


@pytest.mark.parametrize("order", [("index", "image"), ("image", "index")])
def test_a_later_push_of_an_index_gives_its_tag_to_all_its_images(order: tuple[str, str]) -> None:
    app = MemoryApp()
    app.world.registry.manifests[digest(INDEX)] = index_manifest(INDEX, *IMAGES)
    told = {"index": push("e1", INDEX, 5, media_type=OCI_INDEX), "image": push("e2", 2, 0)}
    for name in order:
        app.record_push(told[name])
        app.work()
    assert [app.state(number).repositories["app"].current_tags for number in IMAGES] == [("v1",), ("v1",)]


def test_the_longest_names_and_ids_still_fit() -> None:
    app = MemoryApp()
    repository, tag = "a/" * 127 + "a", "t" * 128
    for number, minute in ((1, 0), (2, 5)):
        app.record_push(push("é" * 199 + str(number), number, minute, repository=repository, tag=tag))
    app.receive_event.record_deletion(deletion("é" * 200, 2, 9, repository))
    app.work()
    assert app.state(1).repositories[repository].current_tags == ()
    assert app.state(2).deleted


def _tags(app: MemoryApp, number: int, repository: str) -> tuple[str, ...]:
    use = app.state(number).repositories.get(repository)
    return use.current_tags if use else ()


def _last_pushed(told: list[Told], repository: str, tag: str) -> set[int]:
    here = [one for one in told if one.repository == repository]
    pushes = [one for one in here if isinstance(one, RegistryPush) and one.tag == tag]
    if not pushes:
        return set()
    last = max(pushes, key=lambda one: (one.at, one.digest))
    gone = any(isinstance(one, RegistryDeletion) and one.digest == last.digest and one.at >= last.at for one in here)
    return set() if gone else {number for number in IMAGES if digest(number) == last.digest}


def test_a_push_to_another_registry_is_another_image() -> None:
    app = MemoryApp()
    app.record_push(push("e1"))
    app.record_push(push("e2", registry="fabrikam.azurecr.io"))
    assert [name.parts[0] for name in app.log.streams("image")] == [REGISTRY, "fabrikam.azurecr.io"]
    assert app.state().last_pushed == at(0)
