"""Projections: the queue of hints, and those that could not be followed."""

import azure.functions as func
import msgspec
import pytest

from functions import projections
from shared.domain.messages import Hint
from shared.eventlog.streams import image_stream
from tests.support.examples import image_id, push
from tests.support.memory_app import MemoryApp

HINT = msgspec.json.encode(Hint(str(image_stream(image_id()))))


def test_a_hint_is_followed(app: MemoryApp) -> None:
    app.record_push(push("e1"))
    projections.project(func.QueueMessage(body=HINT))
    assert app.health().scanning


def test_a_hint_that_cannot_be_read_is_left_to_the_queue(app: MemoryApp) -> None:
    with pytest.raises(msgspec.MsgspecError):
        projections.project(func.QueueMessage(body=b"not a hint"))


@pytest.mark.parametrize("body", [b'{"stream": "image|no digest"}', b"", b"\xff\x00", b"x" * 60_000])
def test_a_hint_that_could_not_be_followed_becomes_a_dead_letter(app: MemoryApp, body: bytes) -> None:
    projections.on_failed_projection(func.QueueMessage(body=body))
    [letter] = app.dead_letters.newest(5)
    assert letter["source"] == "projections"
