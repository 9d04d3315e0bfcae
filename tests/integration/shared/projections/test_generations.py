"""Generations over the real storage emulator: tables, bulk writes, comparison, and hints that come meanwhile."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from benchmarks.preparation.events import image_number, write_events
from shared.bootstrap import App
from shared.domain.events import ImagePulled
from shared.domain.image import fold
from shared.domain.messages import Hint
from shared.eventlog.keys import escape
from shared.eventlog.streams import image_stream
from shared.projections.dead_letters import DeadLetters
from shared.projections.rules import RulesNow
from shared.services.commands import command
from shared.services.walk import Slice
from shared.settings import Settings
from shared.storage.tables import RowChanged, Table
from tests.support.azurite import Azurite
from tests.support.examples import START, at

STREAMS = 70  # more events than a page of the table has


@pytest.fixture
def app(azurite: Azurite) -> App:
    """An installation with a log of 70 images with 20 events each, and nothing projected."""
    storage = azurite.fresh_account()
    write_events(storage, STREAMS)
    return App(Settings(storage_connection=storage))


@pytest.fixture
def small(azurite: Azurite) -> App:
    """An installation with a log of five such images, for what does not depend on how many there are."""
    storage = azurite.fresh_account()
    write_events(storage, 5)
    return App(Settings(storage_connection=storage))


def pull(app: App, number: int, minute: int) -> None:
    """Append an event to the stream of an image."""
    told = command(f"pull-{number}-{minute}", "pull", at=at(minute), actor="tests", cause="tests")
    app.transactor.run(image_stream(image_number(number)), fold, told, lambda state: [ImagePulled("team/app")])


def test_a_replay_by_several_threads_gives_what_the_projector_gives_image_by_image(app: App) -> None:
    live = app.generations.live()
    for number in range(STREAMS):
        app.projector.into(live, image_number(number))
    build = app.rebuild.begin()
    done: list[int] = []
    assert app.rebuild.replay(build, done.append) == []

    assert build.streams == sum(done) == STREAMS
    built = app.generations.number(build.number)
    assert [dict(row) for row in built.images.rows()] == [dict(row) for row in live.images.rows()]
    assert list(built.billing.entries()) == list(live.billing.entries())
    found = app.compare_generations(build.number, lambda done: None)
    assert (found.images, found.charges, found.corrected, found.wrong, found.good) == (STREAMS, STREAMS, [], [], True)
    [month] = {month for month, _ in built.billing.entries()}
    assert built.billing.total(month) == STREAMS


def test_hints_that_are_followed_during_a_replay_are_in_the_new_generation(app: App) -> None:
    build = app.rebuild.begin()
    failures: list[BaseException] = []

    def push_on() -> None:
        try:
            worker = App(app.settings)
            for number in range(0, STREAMS, 5):
                pull(worker, number, number)
                worker.project(Hint(str(image_stream(image_number(number)))))
        except BaseException as error:
            failures.append(error)

    pushing = threading.Thread(target=push_on)
    pushing.start()
    assert replace(app.rebuild, workers=2).replay(build, lambda done: None) == []
    pushing.join()

    assert failures == []
    built = app.generations.number(build.number)
    for number in range(STREAMS):
        about = image_number(number)
        found = built.images.get(about)
        assert found is not None
        assert found[0] == app.projector.fold(about, RulesNow()), number
    [month] = {month for month, _ in built.billing.entries()}
    assert built.billing.total(month) == STREAMS


def test_a_generation_is_switched_to_and_the_one_before_deleted(app: App) -> None:
    app.generations.number(1).open()
    build = app.rebuild.begin()
    app.rebuild.replay(build, lambda done: None)
    app.rebuild.switch(build)
    assert len(list(app.images.listed())) == STREAMS
    app.drop_generation(1)
    tables = {table.name for table in app.account.tables.list_tables()}
    assert {"images2", "billing2"} <= tables
    assert tables.isdisjoint({"images1", "billing1"})
    app.generations.number(1).drop()  # once more is fine


def test_the_directory_of_streams_is_walked_on_behind_a_name(app: App) -> None:
    everything = list(app.log.streams("image"))
    assert len(everything) == STREAMS
    assert list(app.log.streams("image", after=everything[34])) == everything[35:]


def test_histories_are_the_streams_in_the_order_of_their_keys_whatever_the_bounds(app: App) -> None:
    names = sorted(app.log.streams("image"), key=lambda name: escape(str(name)))
    found = list(app.log.histories("image"))
    assert [history.name for history in found] == names
    assert all(history.read() == app.log.load(history.name).events for history in found[::13])
    bounded = app.log.histories("image", after=names[9], last=names[59])
    assert [history.name for history in bounded] == names[10:60]
    assert list(app.log.histories("index")) == []


def test_rows_that_are_there_already_are_not_overwritten_by_a_replay(small: App) -> None:
    images = small.generations.number(1).images
    row = small.projector.fold(image_number(0), RulesNow())
    assert row is not None
    images.create([(image_number(0), row)])
    with pytest.raises(RowChanged):
        images.create([(image_number(4), row), (image_number(0), row)])
    assert images.get(image_number(4)) is None


def test_hints_that_wait_are_looked_at_and_stay(small: App) -> None:
    small.announcer.hint(image_stream(image_number(1)))
    small.announcer.hint(image_stream(image_number(2)))
    told = small.query_lag()
    assert told["lag"]["streams"] == 2
    assert told["lag"]["events"] == 40
    assert 0 <= told["lag"]["oldestHintSeconds"] < 300
    assert small.projections_queue.depth() == 2


def test_a_dead_letter_is_kept_found_and_removed(small: App) -> None:
    letters = DeadLetters(Table(small.account, "deadletters"))
    stream = image_stream(image_number(1))
    letters.stall(stream, ValueError("no"), START)
    [letter] = letters.all("projections")
    assert (letter.content, letter.error, letter.at) == (str(stream), "ValueError: no", START)
    letters.remove(letter)
    letters.remove(letter)
    assert list(letters.all("projections")) == []


def test_a_sweep_projects_everything_once(app: App) -> None:
    # However slow the machine is: in time for what is seen at once.
    sweep = replace(app.sweep, walker=replace(app.walker, at_once=Slice(STREAMS, timedelta(minutes=10))))
    swept = sweep()
    assert (swept.streams, swept.projected, swept.failed) == (STREAMS, STREAMS, 0)
    assert sweep().projected == 0
