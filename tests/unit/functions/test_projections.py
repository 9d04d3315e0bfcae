"""Projections: the queue of hints, hints that could not be followed, and the timers that repair."""

from datetime import timedelta

import azure.functions as func
import msgspec
import pytest

from functions import projections
from shared.bootstrap import utc_now
from shared.domain.criteria import Criteria
from shared.domain.events import FindingDisabled
from shared.domain.messages import Hint
from shared.domain.rules import RuleScope
from shared.eventlog.streams import image_stream
from tests.support.examples import image_id, push
from tests.support.memory_app import MemoryApp
from tests.support.triggers import Tick

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


def test_the_sweep_projects_what_was_missed(app: MemoryApp) -> None:
    app.record_push(push("e1"))
    projections.sweep(Tick())
    assert app.health().scanning


def test_an_expired_rule_is_noticed_within_its_minute_and_for_some_after(app: MemoryApp) -> None:
    app.record_push(push("e1"))
    app.world.clock.at = utc_now() - timedelta(hours=1)
    expires = utc_now() - timedelta(minutes=2)
    app.disable_findings.disable(FindingDisabled("r1", RuleScope(), Criteria(("CVE-1",)), "why", "me", expires))
    app.projections_queue.take()
    projections.reopen_expired(Tick())
    assert app.projections_queue.take() == [Hint(str(image_stream(image_id())))]
