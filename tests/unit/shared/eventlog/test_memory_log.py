"""The hash chain, and what the log in memory adds to the contract that both logs keep."""

from dataclasses import replace

import pytest

from shared.domain.events import DomainEvent, ImageDeleted, ImagePulled
from shared.eventlog import codec
from shared.eventlog.interface import Command, LimitExceeded, Stream, StreamName
from shared.eventlog.memory_log import MemoryEventLog
from tests.support.examples import START, at
from tests.support.memory_app import Clock

NAME = StreamName("image", ("contoso.azurecr.io", "sha256:ab"))


def told(command_id: str) -> Command:
    return Command(command_id, b"{}", START, "me", command_id, command_id)


def hashes(stream: Stream) -> list[str]:
    return [codec.event_hash(*codec.encode_event(one.event), codec.encode_meta(one.meta)) for one in stream.events]


def three_appends() -> Stream:
    log = MemoryEventLog(Clock())
    batches: list[list[DomainEvent]] = [[ImageDeleted("a")], [ImagePulled("b"), ImagePulled("c")], [ImageDeleted("d")]]
    for number, events in enumerate(batches):
        log.append(log.load(NAME), told(f"c{number}"), events)
    return log.load(NAME)


def test_each_event_holds_the_hash_of_the_one_before() -> None:
    stream = three_appends()
    previous = [one.meta.previous for one in stream.events]
    assert previous == ["", *hashes(stream)[:-1]]
    assert stream.tip == hashes(stream)[-1]


@pytest.mark.parametrize("position", range(3))
def test_an_event_that_was_changed_breaks_the_chain(position: int) -> None:
    stream = three_appends()
    events = list(stream.events)
    changed = codec.event_hash(*codec.encode_event(ImageDeleted("forged")), codec.encode_meta(events[position].meta))
    assert changed != events[position + 1].meta.previous
    assert hashes(stream)[position] == events[position + 1].meta.previous


def test_time_never_runs_backwards_within_a_stream() -> None:
    clock = Clock(at(10))
    log = MemoryEventLog(clock)
    log.append(log.load(NAME), told("c1"), [ImageDeleted("a")])
    clock.at = at(5)
    log.append(log.load(NAME), told("c2"), [ImageDeleted("b")])
    assert [one.meta.recorded_at for one in log.load(NAME).events] == [at(10), at(10)]


def test_an_append_that_is_too_large_leaves_no_trace() -> None:
    log = MemoryEventLog(Clock())
    with pytest.raises(LimitExceeded):
        log.append(log.load(NAME), told("c1"), [ImageDeleted("x" * 40_000)])
    assert log.load(NAME).version == 0


def test_ninety_eight_events_fit_into_one_append_and_no_more() -> None:
    log = MemoryEventLog(Clock())
    log.append(log.load(NAME), told("c1"), [ImageDeleted("a")] * 98)
    with pytest.raises(LimitExceeded, match="98 events"):
        log.append(log.load(NAME), told("c2"), [ImageDeleted("a")] * 99)
    assert log.load(NAME).version == 98


def test_a_part_of_a_stream_is_read_from_a_version_on() -> None:
    log = MemoryEventLog(Clock())
    log.append(log.load(NAME), told("c1"), [ImageDeleted("a"), ImageDeleted("b")])
    part = log.load(NAME, after=1)
    assert (part.version, [one.version for one in part.events]) == (2, [2])
    assert replace(part, events=()) == replace(log.load(NAME), events=())


def test_streams_are_listed_by_kind() -> None:
    log = MemoryEventLog(Clock())
    rules = StreamName("rules", ("sub",))
    for name in (NAME, rules):
        log.append(log.load(name), told("c1"), [ImageDeleted("a")])
    assert list(log.streams("image")) == [NAME]
    assert list(log.streams("rules")) == [rules]
