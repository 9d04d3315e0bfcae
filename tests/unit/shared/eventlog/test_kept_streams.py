"""Streams that are kept in memory: the same as without, for less reading, also after a restore."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from shared.domain.events import FindingEnabled
from shared.eventlog.interface import EventLog, Stream, StreamName
from shared.eventlog.kept_streams import KeptStreams
from shared.eventlog.memory_log import MemoryEventLog
from shared.projections.rules import RuleReader
from shared.services.commands import command
from tests.support.examples import START

NAME, OTHER = StreamName("rules", ("one",)), StreamName("image", ("127.0.0.1:5055", "sha256:1"))


@dataclass
class Counted(MemoryEventLog):
    """A log that counts the events it reads."""

    read: list[int] = field(default_factory=list)

    def load(self, name: StreamName, *, after: int = 0) -> Stream:
        stream = super().load(name, after=after)
        self.read.append(len(stream.events))
        return stream


def append(log: EventLog, *rules: str, to: StreamName = NAME) -> None:
    for rule in rules:
        stream = log.load(to)
        told = command(f"{rule}-{stream.version}", "", at=START, actor="me", cause=rule)
        log.append(stream, told, [FindingEnabled(rule, "", "me")])


@pytest.fixture
def log() -> Counted:
    made = Counted(lambda: START)
    append(made, "a", "b")
    made.read.clear()
    return made


def test_only_what_came_since_is_read_again_whatever_part_is_asked_for(log: Counted) -> None:
    kept = KeptStreams(log, "rules")
    assert kept.load(NAME) == log.load(NAME)
    append(log, "c")
    log.read.clear()
    assert [len(kept.load(NAME, after=after).events) for after in (0, 2, 3)] == [3, 1, 0]
    assert log.read == [1, 0, 0]
    assert kept.load(NAME) == log.load(NAME)


def test_streams_of_other_kinds_are_read_every_time(log: Counted) -> None:
    kept = KeptStreams(log, "rules")
    append(log, "a", to=OTHER)
    log.read.clear()
    assert [len(kept.load(OTHER).events) for _ in range(2)] == log.read == [1, 1]


@pytest.mark.parametrize("restored", [(), ("a",), ("a", "x"), ("x", "b"), ("a", "x", "c"), ("x", "y", "z", "c")])
def test_a_log_that_was_restored_to_another_one_is_read_as_a_whole(log: Counted, restored: tuple[str, ...]) -> None:
    kept = KeptStreams(log, "rules")
    reader = RuleReader(kept, NAME)
    reader.book()
    log._partitions.clear()
    append(log, *restored)
    assert kept.load(NAME) == log.load(NAME)
    assert reader.in_force(START).told == log.load(NAME).events
    append(kept, "d")
    assert [one.event for one in kept.load(NAME).events] == [one.event for one in log.load(NAME).events]


def test_a_reader_of_rules_folds_again_what_is_another_log(log: Counted) -> None:
    reader = RuleReader(log, NAME)
    assert len(reader.in_force(START).told) == 2
    log._partitions.clear()
    append(log, "x", "y", "z")
    assert reader.in_force(START).told == log.load(NAME).events
