"""Walks: every stream is seen, by messages that may come twice, late, or never."""

import random
from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest

from shared.domain.events import ScanRequested
from shared.domain.messages import PARTITIONS, Seen, Walk, WalkMessage
from shared.eventlog.directory import shard_of
from shared.eventlog.interface import StreamName
from shared.projections.walks import passes
from shared.services.walk import Slice, Visit
from shared.storage.tables import RowChanged
from tests.support.examples import START, image_id, pull, push
from tests.support.sliced_app import SlicedApp

COUNT = 40


class Noting:
    """A walk that notes which streams it sees; ``failing`` raise once."""

    kinds = ("image", "index")

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.failing: set[str] = set()

    def visitor(self, message: WalkMessage) -> Visit:
        return self._visit

    def _visit(self, name: StreamName) -> Seen:
        if str(name) in self.failing:
            self.failing.remove(str(name))
            raise RowChanged("somebody was faster")
        self.seen.append(str(name))
        return Seen(1)


def pushed(count: int = COUNT) -> tuple[SlicedApp, Noting, WalkMessage]:
    app = SlicedApp()
    for number in range(1, count + 1):
        app.record_push(push(f"e{number}", number, tag=f"v{number}"))
    app.projections_queue.take()
    return app, Noting(), WalkMessage(Walk.SWEEP, START)


def crowded(app: SlicedApp) -> WalkMessage:
    """Take the message of the last partition, of those not begun yet, that a slice does not get to the end of."""

    def left(one: WalkMessage) -> int:
        return 0 if one.after else len(list(app.log.streams("image", shard=one.partition)))

    return max(app.taken(), key=left)


def streams(app: SlicedApp) -> list[str]:
    return sorted(map(str, app.log.streams("image")))


def test_few_streams_are_seen_at_once_and_without_a_message() -> None:
    app, walk, first = pushed(2)
    assert app.walker.begin(first, walk) == Seen(2)
    assert app.taken() == []
    assert passes(list(app.walk_states.all()))[1] is not None


@pytest.mark.parametrize("seed", range(5))
def test_every_stream_is_seen_once_in_whatever_order_the_messages_come(seed: int) -> None:
    app, walk, first = pushed()
    app.walker.begin(first, walk)
    waiting = app.taken()
    assert len(waiting) <= PARTITIONS
    chance = random.Random(seed)
    while waiting:
        app.walker.go_on(waiting.pop(chance.randrange(len(waiting))), walk)
        waiting += app.taken()
    assert sorted(walk.seen) == streams(app)
    _, last = passes(list(app.walk_states.all()))
    assert last is not None
    assert last.streams == COUNT


def test_a_message_that_comes_again_after_its_slice_does_nothing_any_more() -> None:
    app, walk, first = pushed()
    app.walker.begin(first, walk)
    old = []
    while messages := app.taken():
        for message in messages:
            app.walker.go_on(message, walk)
        old += messages
    for message in old:
        app.walker.go_on(message, walk)
    assert app.taken() == []
    assert sorted(walk.seen) == streams(app)


def test_messages_of_the_walk_before_are_known() -> None:
    app, walk, first = pushed()
    app.walker.begin(first, walk)
    old = app.taken()
    for message in old:
        app.walker.go_on(message, walk)
    while messages := app.taken():
        for message in messages:
            app.walker.go_on(message, walk)
    app.walker.begin(first, walk)
    new = app.taken()
    walk.seen.clear()
    for message in old:
        app.walker.go_on(message, walk)
    assert walk.seen == []
    for message in new:
        app.walker.go_on(message, walk)
    assert walk.seen


def test_a_fault_in_the_midst_of_a_slice_keeps_what_was_done_and_one_at_its_begin_is_raised() -> None:
    app, walk, first = pushed()
    app.walker.begin(first, walk)
    message = crowded(app)
    one, two = [str(name) for name in app.log.streams("image", shard=message.partition)][:2]
    walk.failing = {two}
    app.walker.go_on(message, walk)
    [following] = app.taken()
    assert following.after == one
    walk.failing = {two}
    with pytest.raises(RowChanged):
        app.walker.go_on(following, walk)
    app.walker.go_on(following, walk)
    assert walk.seen[-1] != one


def test_a_walk_of_another_id_takes_the_place_of_the_one_before() -> None:
    app, walk, first = pushed()
    app.walker.begin(msgspec.structs.replace(first, id="one"), walk)
    old = app.taken()
    app.walker.begin(msgspec.structs.replace(first, id="two"), walk)
    app.taken()
    walk.seen.clear()
    for message in old:
        app.walker.go_on(message, walk)
    assert (walk.seen, app.taken()) == ([], [])


def test_with_a_walk_that_is_given_up_goes_its_dead_letter() -> None:
    app, walk, first = pushed()
    app.walker.begin(msgspec.structs.replace(first, id="one"), walk)
    app.work_walks.give_up(msgspec.json.encode(crowded(app)))
    app.walker.begin(msgspec.structs.replace(first, id="one"), walk)
    assert len(list(app.dead_letters.all("walks"))) == 1
    app.walker.begin(msgspec.structs.replace(first, id="two"), walk)
    assert list(app.dead_letters.all("walks")) == []


def test_a_partition_that_is_stuck_keeps_no_other_from_the_next_walk() -> None:
    app, walk, first = pushed()
    app.walker.begin(first, walk)
    stuck = crowded(app)  # and the messages of all others are lost
    for state in app.walk_states.all():
        if not state.ended and state.message.partition != stuck.partition:
            app.walks_queue.put(state.message)
    while messages := app.taken():
        for message in messages:
            app.walker.go_on(message, walk)
    walk.seen.clear()
    assert app.walker.begin(first, walk) == Seen()
    while messages := app.taken():
        for message in messages:
            assert message.partition != stuck.partition
            app.walker.go_on(message, walk)
    elsewhere = [name for name in app.log.streams("image") if shard_of(name) != stuck.partition]
    assert sorted(walk.seen) == sorted(map(str, elsewhere))
    app.walker.go_on(stuck, walk)  # its place was kept
    assert [message.partition for message in app.taken()] == [stuck.partition]


def test_a_worker_that_died_between_message_and_row_leaves_nothing_to_be_done_again() -> None:
    app, walk, first = pushed()
    app.walker.begin(first, walk)
    message = crowded(app)
    before = app.walk_states.get(message)
    assert before is not None
    app.walker.go_on(message, walk)
    found = app.walk_states.get(message)
    assert found is not None
    app.walk_states.put(before[0], found[1])  # the message that follows was put, its row was not written
    [following] = app.taken()
    app.walker.go_on(following, walk)
    app.walker.go_on(message, walk)
    partition = [str(name) for name in app.log.streams("image", shard=message.partition)]
    assert [walk.seen.count(name) for name in partition[:4]] == [1] * len(partition[:4])


def test_a_rescan_keeps_the_week_it_began_in() -> None:
    app = SlicedApp()
    for number in range(1, 9):
        app.record_push(push(f"e{number}", number, tag=f"v{number}"))
        app.read_pull_log.record_pull(pull(f"p{number}", number))
    app.work()
    app.world.clock.forward(days=7)
    app.rescan.weekly()
    messages = app.taken()
    assert messages
    app.world.clock.forward(days=2)  # the week after
    app.walks_queue.messages.extend((message, 0) for message in messages)
    app.walk()
    wanted = [
        one.event.scan_id
        for number in range(1, 9)
        for one in app.stream(number).events
        if isinstance(one.event, ScanRequested) and one.event.scan_id.startswith("rescan")
    ]
    assert wanted == ["rescan-2026W46"] * 8


def test_the_partitions_of_a_walk_are_those_of_the_directory() -> None:
    app, walk, first = pushed()
    app.walker.begin(first, walk)
    for message in app.taken():
        walk.seen.clear()
        app.walker.go_on(message, walk)
        assert {shard_of(StreamName.parse(name)) for name in walk.seen} <= {message.partition}


def test_a_dead_letter_of_a_walk_is_requeued_and_gone_at_its_end() -> None:
    app = pushed()[0]
    app.sweep()
    message = crowded(app)
    app.work_walks.give_up(msgspec.json.encode(message))
    [letter] = app.dead_letters.all("walks")
    assert app.requeue(letter) == ""
    assert list(app.dead_letters.all("walks")) == []
    assert [one.step for one in app.taken() if one.partition == message.partition] == [message.step + 1]


def test_a_walk_that_lost_all_its_messages_is_told_by_the_status_and_revived() -> None:
    app = pushed()[0]
    app.sweep()
    app.taken()
    app.world.clock.forward(minutes=30)
    [walk] = app.query_lag()["walks"]
    assert (walk["walk"], walk["startedAt"], walk["streams"]) == ("sweep", START, 2)
    app.world.clock.forward(minutes=30)
    app.sweep()
    app.work()
    assert app.query_lag()["walks"] == []
    assert app.query_lag()["sweep"]["last"].streams == COUNT
    assert app.images.get(image_id(COUNT)) is not None


def test_a_walk_that_a_later_version_began_is_left_to_it(caplog: pytest.LogCaptureFixture) -> None:
    app = pushed(1)[0]
    app.sweep()
    rows = app.tables["projections"].rows
    for (partition, key), (row, etag) in list(rows.items()):
        if key.startswith("sweep-"):
            later = {**row, "RowKey": f"dream-{key}", "state": row["state"].replace('"sweep"', '"dream"')}
            rows[partition, f"dream-{key}"] = later, etag
    app.world.clock.forward(hours=2)
    app.sweep()
    assert app.query_lag()["sweep"]["last"].streams == 1
    assert "'dream-sweep-00' is not known here: update this installation again" in caplog.text
    assert sum(key.startswith("dream-") for _, key in rows) == PARTITIONS


def test_time_ends_a_slice_as_well() -> None:
    app, walk, first = pushed()
    visit = walk.visitor(first)

    def slow(name: StreamName) -> Seen:
        app.world.clock.forward(seconds=31)
        return visit(name)

    walk.visitor = lambda message: slow  # type: ignore[method-assign]
    half_a_minute = Slice(100, timedelta(seconds=30))
    assert replace(app.walker, at_once=half_a_minute).begin(first, walk).streams == 1
