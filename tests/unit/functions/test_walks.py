"""Walks: the timers that begin them, their queue, and what becomes of messages that cannot be worked on."""

from dataclasses import replace
from datetime import timedelta

import azure.functions as func
import msgspec
import pytest

from functions import walks
from shared.domain.criteria import Criteria
from shared.domain.events import FindingDisabled
from shared.domain.messages import Hint, Walk, WalkMessage
from shared.domain.rules import RuleScope
from shared.eventlog.streams import image_stream
from shared.services.walk import Slice
from tests.support.examples import START, image_id, push
from tests.support.memory_app import MemoryApp
from tests.support.triggers import Tick


def test_the_sweep_projects_what_was_missed(app: MemoryApp) -> None:
    app.record_push(push("e1"))
    walks.sweep(Tick())
    assert app.health().scanning


def test_an_expired_rule_is_noticed(app: MemoryApp) -> None:
    app.record_push(push("e1"))
    expires = app.world.clock() + timedelta(minutes=2)
    app.disable_findings.disable(FindingDisabled("r1", RuleScope(), Criteria(("CVE-1",)), "why", "me", expires))
    app.projections_queue.take()
    app.world.clock.forward(minutes=2)
    walks.reopen_expired(Tick())
    assert app.projections_queue.take() == [Hint(str(image_stream(image_id())))]


def test_a_walk_goes_on_by_its_messages(app: MemoryApp) -> None:
    for number in range(1, 5):
        app.record_push(push(f"e{number}", number, tag=f"v{number}"))
    app.projections_queue.take()
    replace(app.sweep, walker=replace(app.walker, at_once=Slice(1, timedelta(0))))()
    while messages := app.walks_queue.take():
        for message in messages:
            walks.walk(func.QueueMessage(body=msgspec.json.encode(message)))
    assert all(app.health(number).scanning for number in range(1, 5))


HOSTILE = [
    b"not a message",
    b"\xff\x00",
    b"{}",
    b'{"walk": "dance", "at": "2026-11-22T10:00:00Z"}',
    b'{"walk": "sweep", "at": "2026-11-22T10:00:00Z", "partition": 16}',
    b'{"walk": "sweep", "at": "2026-11-22T10:00:00Z", "step": -1}',
    b'{"walk": "sweep", "at": "2026-11-22T10:00:00Z", "kind": "rules"}',
    b'{"walk": "sweep", "at": "2026-11-22T10:00:00Z", "after": "image|elsewhere"}',
    b'{"walk": "rules", "at": "2026-11-22T10:00:00Z", "kind": "index"}',
]


@pytest.mark.parametrize("body", HOSTILE)
def test_a_message_that_nobody_here_has_sent_is_a_dead_letter_and_not_delivered_again(
    app: MemoryApp, body: bytes
) -> None:
    walks.walk(func.QueueMessage(body=body))
    [letter] = app.dead_letters.newest(5)
    assert letter["source"] == "walks"
    assert app.walks_queue.take() == []


@pytest.mark.parametrize("body", [*HOSTILE, msgspec.json.encode(WalkMessage(Walk.SWEEP, START, partition=3))])
def test_a_walk_that_failed_at_every_attempt_is_a_dead_letter(app: MemoryApp, body: bytes) -> None:
    for _ in range(2):
        walks.on_failed_walk(func.QueueMessage(body=body))
    [letter] = app.dead_letters.newest(5)
    assert letter["source"] == "walks"


def test_a_message_of_a_walk_that_is_over_changes_nothing(app: MemoryApp) -> None:
    app.record_push(push("e1"))
    app.projections_queue.take()
    for walk in Walk:
        walks.walk(func.QueueMessage(body=msgspec.json.encode(WalkMessage(walk, START, "long ago", partition=3))))
    assert app.images.get(image_id()) is None
    assert (app.projections_queue.take(), app.walks_queue.take()) == ([], [])
    assert app.dead_letters.newest(5) == []


def test_a_message_of_a_newer_version_is_read(app: MemoryApp) -> None:
    told = msgspec.to_builtins(WalkMessage(Walk.SWEEP, START))
    walks.walk(func.QueueMessage(body=msgspec.json.encode({**told, "added": 1})))
    assert app.dead_letters.newest(5) == []
