"""What a line belongs to is carried into calls, threads and messages, and ends where it should."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from shared.domain.messages import Hint, ScanMessage
from shared.trace import belonging, carried, correlation_id, traced
from tests.support.examples import push
from tests.support.memory_app import MemoryApp


def test_what_is_inside_belongs_to_what_is_outside_too_and_nothing_remains() -> None:
    with traced(correlation_id="event-1"), traced(stream="image|r|d", correlation_id=""):
        assert belonging() == {"correlationId": "event-1", "stream": "image|r|d"}
    assert belonging() == {}


def test_a_thread_belongs_to_nothing_unless_it_is_carried_there() -> None:
    with traced(correlation_id="event-1"), ThreadPoolExecutor(1) as pool:
        assert pool.submit(correlation_id).result() == ""
        assert pool.submit(carried(correlation_id)).result() == "event-1"


def test_messages_carry_the_id_of_what_began_it_all() -> None:
    app = MemoryApp()
    app.record_push(push("e1"))
    told = [message for message, _ in (*app.scans_queue.messages, *app.projections_queue.messages)]
    assert {type(message) for message in told} == {ScanMessage, Hint}
    assert {getattr(message, "correlation_id", None) for message in told} == {"e1"}
