"""Generations: who writes sees the pointer of now, who reads one that is a few seconds old at most."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from shared.projections.generations import POINTER_SECONDS, Generations
from shared.projections.pointer import Pointer, abandon, begin, roll_back, switch
from shared.storage.tables import RowChanged, Table
from tests.support.memory_storage import MemoryTable


@dataclass
class Watch:
    """A clock that is set by hand, in seconds."""

    at: float = 0.0

    def __call__(self) -> float:
        return self.at


def process(pointers: MemoryTable, tables: dict[str, Table], clock: Watch) -> Generations:
    """Return the generations as one worker process sees them."""
    return Generations(pointers, lambda name: tables.setdefault(name, MemoryTable(name=name)), clock)


def test_an_installation_that_never_rebuilt_reads_and_writes_the_first_tables() -> None:
    tables: dict[str, Table] = {}
    one = process(MemoryTable(), tables, Watch())
    assert [generation.number for generation in one.fed()] == [1]
    assert one.live().number == 1
    assert sorted(tables) == ["billing1", "images1"]


def test_a_writer_sees_a_new_generation_at_once_and_a_reader_within_seconds() -> None:
    pointers, tables, clock = MemoryTable(), dict[str, Table](), Watch()
    worker, other = process(pointers, tables, clock), process(pointers, tables, clock)
    assert worker.live().number == 1
    other.change(begin)
    assert [generation.number for generation in worker.fed()] == [1, 2]
    other.change(lambda found: switch(found, 2))
    assert [generation.number for generation in worker.fed()] == [2, 1]
    assert (worker.live().number, other.live().number) == (1, 2)
    clock.at = POINTER_SECONDS
    assert worker.live().number == 2


def test_only_changes_of_the_live_generation_may_be_told() -> None:
    one = process(MemoryTable(), {}, Watch())
    one.change(begin)
    assert [(generation.number, generation.notifies) for generation in one.fed()] == [(1, True), (2, False)]


def test_two_who_change_the_pointer_at_once_both_have_their_step() -> None:
    pointers = MemoryTable()
    one, other = process(pointers, {}, Watch()), process(pointers, {}, Watch())
    one.change(begin)

    def somebody() -> None:
        other.change(lambda found: switch(found, 2))

    pointers.before_write.append(somebody)
    seen: list[Pointer] = []
    changed = one.change(lambda found: seen.append(found) or begin(abandon(found)))  # type: ignore[func-returns-value]
    assert changed == Pointer(live=2, building=3, kept=(1,), newest=3)
    assert [found.live for found in seen] == [1, 2]


def test_a_pointer_that_never_comes_to_rest_is_an_error() -> None:
    pointers = MemoryTable()
    one, other = process(pointers, {}, Watch()), process(pointers, {}, Watch())

    def somebody() -> None:
        pointers.before_write.insert(0, lambda: None)
        number = other.change(begin).building
        assert number is not None
        pointers.before_write.insert(0, lambda: None)
        other.change(lambda found: switch(found, number))

    pointers.before_write.extend([somebody] * 8)
    with pytest.raises(RowChanged, match="changes too often"):
        one.change(begin)


def test_a_generation_that_is_dropped_loses_its_tables() -> None:
    tables: dict[str, Table] = {}
    one = process(MemoryTable(), tables, Watch())
    one.live()
    tables["images1"].upsert({"PartitionKey": "p", "RowKey": "r"})
    one.number(1).drop()
    assert tables["images1"].get("p", "r") is None


def test_a_step_whose_answer_was_lost_is_not_taken_twice() -> None:
    """The SDK sends a write again that got no answer, and is told that the row was changed: by itself."""
    pointers = MemoryTable()
    one = process(pointers, {}, Watch())
    one.change(begin)
    one.change(lambda found: switch(found, 2))

    def unheard() -> None:
        pointers.before_write.insert(0, lambda: None)
        process(pointers, {}, Watch()).change(roll_back)

    pointers.before_write.append(unheard)
    assert one.change(roll_back) == Pointer(live=1, kept=(2,), newest=2)
    assert one.pointer().live == 1
