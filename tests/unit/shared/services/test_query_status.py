"""The service's own status."""

import pytest

from shared.eventlog.streams import image_stream
from shared.services.query_status import QueryStatus
from tests.support.examples import START, image_id, push
from tests.support.memory_app import MemoryApp
from tests.support.memory_storage import MemoryQueue
from tests.support.poison import PoisonedApp


def test_the_status_names_queues_dead_letters_feeds_and_versions() -> None:
    app = MemoryApp()
    app.dead_letters.add("registry-events", "e1", "not a digest", "{}", START)
    queue = MemoryQueue(name="scans")
    query = QueryStatus((queue,), app.dead_letters, lambda: {"snapshot": "s1"}, lambda: {"live": 1}, {"reader": "7"})
    status = query()
    assert status["status"] == "running"
    assert status["queues"] == {"scans": 0}
    assert status["advisories"] == {"snapshot": "s1"}
    assert status["projections"] == {"live": 1}
    assert status["versions"]["reader"] == "7"
    assert (status["deadLetters"]["count"], status["deadLetters"]["newest"][0]["id"]) == (1, "e1")


def test_a_stalled_stream_whose_image_was_never_shown_is_named_by_the_status() -> None:
    app = PoisonedApp()
    app.record_push(push("e1"))
    app.poison(image_stream(image_id()))
    app.sweep()
    app.projections_queue.take()
    assert app.images.get(image_id()) is None
    letters = app.query_status()["deadLetters"]
    assert letters["count"] == 1
    assert letters["newest"][0]["id"] == str(image_stream(image_id()))
    assert "image-weighed" in letters["newest"][0]["error"]


def test_the_figures_are_those_of_the_status_and_tell_the_oldest_feed() -> None:
    app = MemoryApp()
    app.dead_letters.add("registry-events", "e1", "not a digest", "{}", START)
    feeds = [
        {"ecosystem": "Debian", "confirmedAt": "2026-11-02T10:00:00Z", "failure": "503"},
        {"ecosystem": "PyPI", "confirmedAt": "2026-11-01T10:00:00Z", "failure": None},
    ]
    lag = {"lag": {"oldestHintSeconds": 7}}
    query = QueryStatus((MemoryQueue(name="scans"),), app.dead_letters, lambda: {"feeds": feeds}, lambda: lag, {})
    assert query.figures() == {
        "queues": {"scans": 0},
        "deadLetters": 1,
        "oldestHintSeconds": 7,
        "feedsSince": "2026-11-01T10:00:00Z",
        "failedFeeds": 1,
    }


@pytest.mark.parametrize("feeds", [[], [{"ecosystem": "Debian", "confirmedAt": "", "failure": "503"}]])
def test_a_feed_that_was_never_read_and_no_feed_at_all_have_no_time(feeds: list[dict[str, str]]) -> None:
    lag = {"lag": {"oldestHintSeconds": None}}
    figures = QueryStatus((), MemoryApp().dead_letters, lambda: {"feeds": feeds}, lambda: lag, {}).figures()
    assert (figures["feedsSince"], figures["oldestHintSeconds"]) == (None, 0)
