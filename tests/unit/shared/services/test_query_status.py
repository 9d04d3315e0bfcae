"""The service's own status."""

from shared.services.query_status import QueryStatus
from tests.support.examples import START
from tests.support.memory_app import MemoryApp
from tests.support.memory_storage import MemoryQueue


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
