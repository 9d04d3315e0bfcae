"""How far the projections are behind: told of the first hints, the building and the sweep."""

import pytest

from shared.domain.messages import Hint
from shared.storage.queues import Waiting
from tests.support.examples import START, image_id, push
from tests.support.memory_app import MemoryApp
from tests.support.memory_storage import MemoryQueue


def test_a_service_that_keeps_up_has_no_lag() -> None:
    app = MemoryApp()
    app.record_push(push("e1"))
    app.work()
    app.projections_queue.take()
    told = app.query_lag()
    assert (told["live"], told["building"], told["kept"]) == (1, None, ())
    assert told["lag"] == {"oldestHintSeconds": None, "streams": 0, "events": 0, "complete": True}


def test_streams_behind_their_hints_are_counted_once_with_the_age_of_the_oldest() -> None:
    app = MemoryApp()
    for number in (1, 2):
        app.record_push(push(f"e{number}", number, tag=f"v{number}"))
    app.projector.project(image_id(2))
    app.world.clock.forward(seconds=90)
    app.projections_queue.put(Hint(app.projections_queue.peek()[0].text.decode()))  # no stream of an image
    assert app.world.clock() > START
    assert app.query_lag()["lag"] == {"oldestHintSeconds": 90, "streams": 1, "events": 2, "complete": True}


def test_a_message_that_is_nested_deeper_than_any_reader_goes_is_no_hint(monkeypatch: pytest.MonkeyPatch) -> None:
    app = MemoryApp()
    monkeypatch.setattr(MemoryQueue, "peek", lambda self: [Waiting(b'{"":' * 12_000, START)])
    assert app.query_lag()["lag"]["streams"] == 0


def test_where_more_hints_wait_than_can_be_looked_at_the_numbers_are_the_least() -> None:
    app = MemoryApp()
    for number in range(1, 50):
        app.record_push(push(f"e{number}", number, tag=f"v{number}"))
    lag = app.query_lag()["lag"]
    assert (lag["streams"], lag["complete"]) == (32, False)


def test_a_building_is_told_with_its_progress() -> None:
    app = MemoryApp()
    app.record_push(push("e1"))
    build = app.rebuild.begin()
    assert app.query_lag()["building"] == {"number": 2, "streams": 1, "replayed": 0, "startedAt": START}
    app.rebuild.replay(build, lambda done: None)
    assert app.query_lag()["building"]["replayed"] == 1
    app.rebuild.switch(build)
    assert (app.query_lag()["live"], app.query_lag()["kept"]) == (2, (1,))


def test_the_last_sweep_is_told() -> None:
    app = MemoryApp()
    app.record_push(push("e1"))
    app.sweep()
    last = app.query_lag()["sweep"]["last"]
    assert (last.streams, last.repaired, last.ended_at) == (1, 1, START)
