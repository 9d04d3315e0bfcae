"""Sweeps of a registry in memory: what they may never do, and what they do over crashes, races and failures."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.events import RegistrySwept
from shared.domain.media_types import OCI_INDEX
from shared.domain.messages import SweepMessage
from shared.eventlog.streams import sweep_stream
from tests.support.examples import REGISTRY, deletion, digest, push
from tests.support.memory_app import MemoryApp, index_manifest


def swept(app: MemoryApp) -> RegistrySwept:
    event = app.log.load(sweep_stream(REGISTRY)).events[-1].event
    assert isinstance(event, RegistrySwept)
    return event


def again(app: MemoryApp) -> RegistrySwept:
    app.world.clock.forward(days=1)
    app.reconcile()
    return swept(app)


def present(app: MemoryApp) -> set[str]:
    return {answer.health.digest for answer in app.images.listed()}


def uses(app: MemoryApp) -> set[str]:
    """Return the manifests that the log knows to be there, each in its repositories."""
    return {
        f"{repository}/{digest(number)}"
        for number in range(1, 5)
        for repository in app.state(number).present_repositories
    }


def image_events(app: MemoryApp, number: int = 1) -> list[str]:
    return [type(one.event).__name__ for one in app.stream(number).events]


HELD = st.dictionaries(
    st.sampled_from(["app", "lib", "web"]),
    st.dictionaries(st.sampled_from(["v1", "v2", "v3"]), st.integers(1, 4), max_size=3),
    max_size=3,
)
# What may go wrong with a listing: it fails, or it is empty or partial although the manifests are there.
FAILING = st.sets(st.sampled_from(["catalog", "app", "lib", "web", *(f"app/{digest(n)}" for n in range(1, 5))]))
HIDDEN = st.sets(st.integers(1, 4).map(digest))


@settings(max_examples=60, deadline=None)
@given(before=HELD, after=HELD, failing=FAILING, hidden=HIDDEN, unlisted=st.sets(st.sampled_from(["app", "lib"])))
def test_nothing_is_closed_that_the_registry_has_or_was_not_asked_for(
    before: dict[str, dict[str, int]],
    after: dict[str, dict[str, int]],
    failing: set[str],
    hidden: set[str],
    unlisted: set[str],
) -> None:
    app = MemoryApp()
    hold(app, before)
    app.reconcile()
    known = uses(app)
    app.world.catalog.held.clear()
    hold(app, after)
    app.world.catalog.failing, app.world.catalog.hidden, app.world.catalog.unlisted = failing, hidden, unlisted

    again(app)

    held = {f"{repository}/{digest(number)}" for repository, tags in after.items() for number in tags.values()}
    for gone in known - uses(app):
        assert gone not in held
        assert gone in app.world.catalog.denied
    if "catalog" in failing:
        assert uses(app) >= known
        assert swept(app).failed


@settings(max_examples=60, deadline=None)
@given(before=HELD, after=HELD)
def test_after_a_sweep_without_failures_the_log_says_what_the_registry_holds(
    before: dict[str, dict[str, int]], after: dict[str, dict[str, int]]
) -> None:
    app = MemoryApp()
    for held in (before, after):
        app.world.catalog.held.clear()
        hold(app, held)
        again(app)
        shown = {
            (repository, tag): number
            for number in range(1, 5)
            for repository, use in app.state(number).repositories.items()
            for tag in use.current_tags
        }
        assert shown == {(repository, tag): number for repository, tags in held.items() for tag, number in tags.items()}
        assert present(app) == {digest(number) for tags in held.values() for number in tags.values()}
    quiet = again(app)
    assert (quiet.found, quiet.untagged, quiet.closed, quiet.failed) == (0, 0, 0, 0)


def hold(app: MemoryApp, held: dict[str, dict[str, int]]) -> None:
    for repository, tags in held.items():
        app.world.catalog.held[repository] = {}
        for tag, number in tags.items():
            app.world.catalog.hold(repository, number, tag)


def test_a_tag_that_went_away_is_taken_from_its_image_which_stays() -> None:
    app = MemoryApp()
    app.world.catalog.hold("app", 1, "v1", "latest")
    app.reconcile()
    del app.world.catalog.held["app"]["latest"]
    assert again(app).untagged == 1
    assert app.state().repositories["app"].current_tags == ("v1",)


def test_a_push_while_the_sweep_looks_wins_over_what_the_sweep_saw() -> None:
    app = MemoryApp()
    app.record_push(push("e1", 1, tag="v1"))
    app.work()
    app.world.catalog.hold("app", 1, "v1")

    def meanwhile() -> None:
        app.world.clock.forward(seconds=1)
        app.record_push(push("e2", 2, minute=60, tag="v1"))

    app.world.clock.forward(minutes=59, seconds=59)
    app.world.catalog.meanwhile += [lambda: None, meanwhile]  # after the catalog, while the repository is listed
    app.reconcile()
    assert app.state(2).repositories["app"].current_tags == ("v1",)
    assert app.state(1).repositories["app"].current_tags == ()


def test_an_image_that_is_pushed_again_after_the_registry_denied_it_is_not_closed() -> None:
    app = MemoryApp()
    app.record_push(push("e1", 1, tag="v1"))
    app.work()
    app.world.clock.forward(minutes=60)

    def pushed_again() -> None:
        app.world.clock.forward(seconds=1)
        app.record_push(push("e2", 1, minute=61, tag="v1"))

    app.world.catalog.held["app"] = {}
    app.world.catalog.meanwhile += [lambda: None, lambda: None, lambda: None, pushed_again]
    app.reconcile()
    assert present(app) == {digest(1)}


def test_an_event_of_a_deletion_that_comes_after_the_sweep_closed_it_leaves_the_image_closed() -> None:
    app = MemoryApp()
    app.record_push(push("e1", 1))
    app.work()
    app.world.catalog.held["app"] = {}
    app.world.clock.forward(minutes=60)
    app.reconcile()
    app.record_deletion(deletion("d1", 1, minute=30))
    app.work()
    assert present(app) == set()
    assert image_events(app).count("ImageDeleted") == 1


def test_an_index_that_could_not_be_resolved_is_tried_again_by_the_next_sweep() -> None:
    app = MemoryApp()
    app.world.catalog.hold("app", 50, "v1", media_type=OCI_INDEX)
    app.reconcile()  # what the registry gives under the digest is no index
    assert app.index(50).failure is not None
    app.world.registry.manifests[digest(50)] = index_manifest(50, 1, 2)
    again(app)
    assert present(app) == {digest(1), digest(2)}
    assert again(app).found == 0


def test_two_tags_of_one_index_both_reach_its_images() -> None:
    app = MemoryApp()
    app.world.registry.manifests[digest(50)] = index_manifest(50, 1)
    app.world.catalog.hold("app", 50, "v1", "latest", media_type=OCI_INDEX)
    app.reconcile()
    assert app.state(1).repositories["app"].current_tags == ("latest", "v1")


def test_a_sweep_that_takes_long_goes_on_in_other_runs_and_counts_everything_once() -> None:
    app = MemoryApp()
    for number in range(1, 8):
        app.world.catalog.hold(f"app{number}", number, "v1")
    app.world.catalog.slow = timedelta(minutes=3)
    app.reconcile()
    assert (swept(app).repositories, swept(app).found) == (7, 7)
    assert swept(app).ended_at - swept(app).started_at > timedelta(minutes=20)
    assert len(app.log.load(sweep_stream(REGISTRY)).events) == 1


def test_a_sweep_whose_run_was_killed_looks_at_every_repository_and_counts_each_once() -> None:
    app = MemoryApp()
    for number in range(1, 31):
        app.world.catalog.hold(f"app{number:02d}", number, "v1")
    app.start_sweeps()
    [message] = app.reconciliations_queue.take()
    assert isinstance(message, SweepMessage)

    def die() -> None:
        raise KeyboardInterrupt

    for answers in (25, 3, 8):
        app.world.catalog.meanwhile = [*(lambda: None for _ in range(answers)), die]
        with pytest.raises(KeyboardInterrupt):
            app.sweep_registry(message)
        app.work()
    app.sweep_registry(message)
    app.work()
    assert (swept(app).repositories, swept(app).manifests, swept(app).failed) == (30, 30, 0)
    assert present(app) == {digest(number) for number in range(1, 31)}
    assert all(app.stream(number).version == 3 for number in range(1, 31))  # tagged, requested, completed


def test_a_message_that_comes_again_or_too_late_changes_nothing() -> None:
    app = MemoryApp()
    app.world.catalog.hold("app", 1, "v1")
    app.reconcile()
    before = app.log.load(sweep_stream(REGISTRY)).version, app.stream().version
    for sweep_id in (swept(app).sweep_id, "sweep-of-another-time"):
        app.sweep_registry(SweepMessage(REGISTRY, sweep_id))
    assert (app.log.load(sweep_stream(REGISTRY)).version, app.stream().version) == before


def test_a_repository_that_cannot_be_read_keeps_no_other_from_being_compared_and_is_told_of() -> None:
    app = MemoryApp()
    for number, repository in enumerate(("app", "lib", "web"), start=1):
        app.world.catalog.hold(repository, number, "v1")
    app.world.catalog.failing = {"lib"}
    app.reconcile()
    assert (swept(app).failed, swept(app).repositories, swept(app).problem) == (1, 3, "lib cannot be read")
    assert present(app) == {digest(1), digest(3)}


@pytest.mark.parametrize("text", [b"", b"[]", b'{"registry": "a b", "sweepId": "s"}', b"\xff"])
def test_a_poisoned_message_that_cannot_be_read_is_harmless(text: bytes) -> None:
    app = MemoryApp()
    app.sweep_registry.give_up(text)
    assert app.log.load(sweep_stream(REGISTRY)).version == 0


def test_a_sweep_that_died_at_every_attempt_says_so_and_the_next_begins_anew() -> None:
    app = MemoryApp()
    app.world.catalog.hold("app", 1, "v1")
    app.start_sweeps()
    [message] = app.reconciliations_queue.take()
    assert isinstance(message, SweepMessage)
    app.sweep_registry.give_up(b'{"registry": "%s", "sweepId": "%s"}' % (REGISTRY.encode(), message.sweep_id.encode()))
    assert "died" in swept(app).problem
    assert again(app).problem == ""
    assert present(app) == {digest(1)}
