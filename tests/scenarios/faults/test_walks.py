"""A timer that begins a walk fires once: whoever dies, every stream is seen and nothing is asked for twice."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from shared.advisories.change_log import ChangeLog
from shared.domain.events import ScanRequested
from shared.projections.walks import passes
from tests.support.change_logs import put_in_force
from tests.support.examples import START, report
from tests.support.faults import laws, stories
from tests.support.faults.gates import DieAfter
from tests.support.faults.stage import Deed, Stage, Worker
from tests.support.faults.stepped_storage import Gate
from tests.support.faults.summary import RecordProperty, count
from tests.support.memory_app import MemoryAdvisories

NUMBERS = range(1, 5)


def in_use() -> Stage:
    """Return a service at rest, with images that were pulled, a week after."""
    stage = Stage(stories.world(), slices=stories.ONE_BY_ONE)
    for number in NUMBERS:
        stage.deliver(stories.pushes(f"e{number}", number, tag=f"v{number}"))
        stage.deliver(stories.pulls(f"p{number}", number))
    stage.drain()
    stage.world.clock.at = START.replace(day=START.day + 7)
    return stage


def after(stage: Stage, timer: Deed, gate: Gate) -> Stage:
    """Let a timer fire, its worker or a later one die, and the timer of the sweep come each hour."""
    twin = stage.twin()
    begun = twin.attempt(timer, gate)
    if not begun and not list(twin.worker().walk_states.all()):
        twin.deliver(timer)  # it died before it noted that it had begun: as if it had not fired
    twin.drain(gate)
    for _ in range(2):
        twin.world.clock.forward(hours=1)
        twin.deliver(sweep)
        twin.drain()
    return twin


def sweep(worker: Worker) -> None:
    worker.sweep()


def weekly(worker: Worker) -> None:
    worker.rescan.weekly()


def refresh(worker: Worker) -> None:
    """Ask for what the snapshot in force changes, as if two images were many."""
    log = worker.snapshots.changes()
    assert log is not None
    replace(worker.rescan_affected, at_once=1)(log)


def rescans(stage: Stage, prefix: str = "rescan") -> Counter[str]:
    worker = stage.worker()
    events = [one.event for number in NUMBERS for one in worker.stream(number).events]
    return Counter(
        event.scan_id for event in events if isinstance(event, ScanRequested) and event.scan_id.startswith(prefix)
    )


def test_a_rescan_is_asked_for_of_every_image_once_wherever_a_worker_dies(record_property: RecordProperty) -> None:
    stage, calls = in_use(), DieAfter()
    undisturbed = rescans(after(stage, weekly, calls))
    assert list(undisturbed.values()) == [len(NUMBERS)]
    points = range(1, len(calls.calls) + 1, 2)
    for point in points:
        ended = after(stage, weekly, DieAfter(point))
        assert rescans(ended) == undisturbed, f"killed after call {point}: {calls.calls[point - 1]}"
    laws.check(ended)
    count(record_property, "crash points", len(points))


def test_new_advisories_ask_for_every_image_once_wherever_a_worker_dies(record_property: RecordProperty) -> None:
    stage, calls = in_use(), DieAfter()
    put_in_force(stage.worker().snapshots, ChangeLog("snapshot-2"))
    stage.world.advisories = MemoryAdvisories("snapshot-2", report(stories.FINDINGS))
    undisturbed = rescans(after(stage, refresh, calls), "advisory")
    assert list(undisturbed.values()) == [1] * len(NUMBERS)
    points = range(1, len(calls.calls) + 1, 2)
    for point in points:
        ended = after(stage, refresh, DieAfter(point))
        assert rescans(ended, "advisory") == undisturbed, f"killed after call {point}: {calls.calls[point - 1]}"
    laws.check(ended)
    count(record_property, "crash points", len(points))


def test_a_sweep_comes_to_its_end_and_counts_every_stream_wherever_a_worker_dies(
    record_property: RecordProperty,
) -> None:
    stage, calls = in_use(), DieAfter()
    after(stage, sweep, calls)
    points = range(1, len(calls.calls) + 1, 3)
    for point in points:
        ended = after(stage, sweep, DieAfter(point))
        current, last = passes(list(ended.worker().walk_states.all()))
        assert current is None, f"killed after call {point}: {calls.calls[point - 1]}"
        assert last is not None
        assert (last.streams, last.failed) == (len(NUMBERS), 0), f"killed after call {point}: {calls.calls[point - 1]}"
    count(record_property, "crash points", len(points))
