"""Hints: which queue, which message, which delay."""

import json
from pathlib import Path

from shared.domain.events import ImageTagged, ScanRequested, Trigger
from shared.domain.media_types import DOCKER_MANIFEST
from shared.domain.messages import Hint, ScanMessage
from shared.eventlog.announcer import QueueAnnouncer
from shared.eventlog.streams import image_stream
from tests.support.examples import image_id
from tests.support.memory_storage import MemoryQueue

NAME = image_stream(image_id())
HINT = Hint(str(NAME))
EVENTS = [ImageTagged("app", "v1", DOCKER_MANIFEST), ScanRequested("scan-1", "app", Trigger.PUSH)]
HOST = json.loads((Path(__file__).resolve().parents[4] / "host.json").read_text())


def announcer() -> tuple[QueueAnnouncer, MemoryQueue, MemoryQueue]:
    projections, scans = MemoryQueue(), MemoryQueue()
    return QueueAnnouncer(projections, scans), projections, scans


def timeout() -> int:
    """Return the seconds that a function may run."""
    hours, minutes, seconds = (int(part) for part in HOST["functionTimeout"].split(":"))
    return hours * 3600 + minutes * 60 + seconds


def test_before_an_append_the_hints_are_delayed() -> None:
    sender, projections, scans = announcer()
    sender.before(NAME, EVENTS)
    assert projections.messages == [(HINT, 60)]
    [(message, delay)] = scans.messages
    assert message == ScanMessage(str(NAME), "scan-1")
    assert delay > timeout()  # else it would show up while the first one still runs


def test_after_an_append_the_hints_show_up_at_once() -> None:
    sender, projections, scans = announcer()
    sender.after(NAME, EVENTS)
    assert projections.messages == [(HINT, 0)]
    assert scans.messages == [(ScanMessage(str(NAME), "scan-1"), 0)]


def test_an_append_without_a_scan_sends_nothing_to_the_scanner() -> None:
    sender, projections, scans = announcer()
    sender.after(NAME, EVENTS[:1])
    assert (len(projections.messages), len(scans.messages)) == (1, 0)


def test_hints_and_scans_can_be_sent_again() -> None:
    sender, projections, scans = announcer()
    sender.hint(NAME)
    sender.scan(NAME, "scan-9")
    assert (projections.take(), scans.take()) == ([HINT], [ScanMessage(str(NAME), "scan-9")])
