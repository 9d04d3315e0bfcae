"""Every guard is needed: without it, the test that is named beside it fails.

A guard is taken out of the product by patching it; the check is what the named test runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from types import ModuleType
from typing import Any
from unittest.mock import patch

import msgspec
import pytest

from shared.domain.events import DomainEvent
from shared.domain.references import ImageId
from shared.eventlog import codec, limits, rows
from shared.eventlog.announcer import QueueAnnouncer
from shared.eventlog.directory import StreamDirectory
from shared.eventlog.interface import Command, EventLog, Stream, StreamName
from shared.eventlog.keys import HEAD, escape
from shared.eventlog.table_log import TableEventLog
from shared.eventlog.transact import Transactor
from shared.projections import billing
from shared.projections.billing import BilledImage, BillingTable
from shared.projections.builds import BuildTable, Mark
from shared.projections.generations import Generation, Generations
from shared.projections.image_rows import ImageRow, ImageTable
from shared.projections.pointer import Pointer
from shared.services.compare_generations import CompareGenerations, Comparison
from shared.services.untag_index import UntagIndex
from shared.storage.tables import Row
from tests.integration.shared.eventlog import test_log_contract as contract
from tests.support.faults.crash_points import check_every_death
from tests.support.faults.races import RACES
from tests.support.faults.stories import STORIES
from tests.support.memory_storage import MemoryTable
from tests.unit.shared.projections import test_billing
from tests.unit.shared.services import test_compare_generations, test_rebuild, test_verify_log

_CONTRACT = "tests/integration/shared/eventlog/test_log_contract.py::"
_DEATHS = "tests/scenarios/faults/test_crash_points.py::test_a_death_after_any_call_changes_nothing_that_anybody_sees"
_RACES = "tests/scenarios/faults/test_interleavings.py::test_two_workers_at_once_end_as_one_after_the_other"

_operations = TableEventLog._operations
_run = Transactor.run
_put = ImageTable.put
_entries = BillingTable._entries
_mark = BuildTable.mark


@dataclass(frozen=True)
class Guard:
    """How a guard is taken away, the check that notices, and the test that runs the check."""

    removal: Callable[[], AbstractContextManager[object]]
    check: Callable[[], object]
    test: str


def _in_memory() -> EventLog:
    return TableEventLog(MemoryTable(name="events"), StreamDirectory(MemoryTable(name="streams")), contract.Clock())


def _contract(name: str) -> tuple[Callable[[], object], str]:
    return lambda: getattr(contract, name)(_in_memory()), _CONTRACT + name


def _deaths(name: str) -> tuple[Callable[[], object], str]:
    return lambda: check_every_death(STORIES[name]), f"{_DEATHS}[{name}]"


def _race(name: str) -> tuple[Callable[[], object], str]:
    return RACES[name].check, f"{_RACES}[{name}]"


def _unit(module: ModuleType, name: str, *arguments: object) -> tuple[Callable[[], object], str]:
    path = "/".join(module.__name__.split("."))
    return partial(getattr(module, name), *arguments), f"{path}.py::{name}"


def _compared() -> tuple[Callable[[], object], str]:
    name = "test_what_is_wrong_in_the_built_generation_is_never_good"
    return _unit(test_compare_generations, name, test_compare_generations.lost_charge)


def _no_marker(log: TableEventLog, built: Any, etag: str | None) -> list[tuple[Any, ...]]:
    return _operations(log, built, etag)[1:]


def _head_without_etag(log: TableEventLog, built: Any, etag: str | None) -> list[tuple[Any, ...]]:
    marker, (_, head, *_), *events = _operations(log, built, etag)
    return [marker, ("upsert", head), *events]


def _events_over_others(log: TableEventLog, built: Any, etag: str | None) -> list[tuple[Any, ...]]:
    marker, head, *events = _operations(log, built, etag)
    return [marker, head, *(("upsert", event) for _, event in events)]


def _neither(log: TableEventLog, built: Any, etag: str | None) -> list[tuple[Any, ...]]:
    return [*_head_without_etag(log, built, etag)[:2], *_events_over_others(log, built, etag)[2:]]


def _events_first(log: TableEventLog, name: StreamName, *, after: int = 0) -> Stream:
    partition = escape(str(name))
    events = tuple(log._events(partition, after + 1, 9_999_999_999))
    found = log.events.get(partition, HEAD)
    if found is None:
        return Stream(name=name, version=0, events=())
    head, etag = found
    recorded_at = datetime.fromisoformat(head["recorded_at"])
    return Stream(name, int(head["version"]), events, etag, head["tip"], recorded_at)


def _decide_once(
    transactor: Transactor,
    name: StreamName,
    fold: Callable[[Iterable[Any]], Any],
    command: Command,
    decide: Callable[[Any], list[DomainEvent]],
) -> object:
    decided: list[list[DomainEvent]] = []

    def remember(state: Any) -> list[DomainEvent]:
        if not decided:
            decided.append(decide(state))
        return decided[0]

    return _run(transactor, name, fold, command, remember)


def _overwrite(table: ImageTable, image: ImageId, row: ImageRow, etag: str | None) -> None:
    found = table.get(image)
    _put(table, image, row, found[1] if found else None)


def _total_without_etag(table: BillingTable, month: str, charges: Sequence[BilledImage]) -> list[tuple[Any, ...]]:
    operations = _entries(table, month, charges)
    return [("upsert", row) if row["RowKey"] == "total" else (kind, row) for kind, row, *_ in operations]


def _find_in_shards(table: BillingTable, month: str, image: ImageId) -> BilledImage | None:
    found = table.table.get(billing._sharded(month, image), billing._row(image))
    return msgspec.json.decode(found[0]["charge"], type=BilledImage) if found else None


def _every_row(rows: Iterable[Row]) -> Iterator[tuple[str, BilledImage]]:
    for row in rows:
        charge = msgspec.json.decode(row["charge"], type=BilledImage)
        yield charge.month, charge


def _numbers(building: int | None) -> tuple[int, ...]:
    return () if building is None else (building,)


def _fed_from_memory(generations: Generations) -> tuple[Generation, ...]:
    known = generations.live().number and generations._read
    assert known
    return tuple(generations._generation(number, known[0]) for number in known[0].fed)


def _create_over_others(table: ImageTable, rows: Sequence[tuple[ImageId, ImageRow]]) -> None:
    for image, row in rows:
        found = table.get(image)
        _put(table, image, row, found[1] if found else None)


def _marked_before(table: BuildTable, number: int, part: int) -> Mark:
    mark = _mark(table, number, part)
    table.put_mark(number, part, msgspec.structs.replace(mark, finished=True))
    return mark


def _without(owner: object, name: str, instead: object) -> Callable[[], AbstractContextManager[object]]:
    return lambda: patch.object(owner, name, instead)


def _nothing(*_: object, **__: object) -> None:
    return None


GUARDS: Mapping[str, Guard] = {
    "the marker row of a command": Guard(
        _without(TableEventLog, "_operations", _no_marker),
        *_contract("test_the_same_command_again_is_success_and_gives_what_was_recorded"),
    ),
    "the comparison of a repeated command's content": Guard(
        _without(rows, "fingerprint", lambda command: ""),
        *_contract("test_the_same_command_with_other_content_is_an_error_and_changes_nothing"),
    ),
    "the head's ETag and the insertion of event rows": Guard(
        _without(TableEventLog, "_operations", _neither),
        *_contract("test_a_stale_append_to_an_existing_stream_is_a_conflict"),
    ),
    "our own check of the limits": Guard(
        _without(limits, "check", _nothing),
        *_contract("test_more_events_than_fit_one_transaction_are_refused_whole"),
    ),
    "the head is loaded before the events": Guard(
        _without(TableEventLog, "load", _events_first), *_race("two pulls of a day")
    ),
    "the decision anew after a conflict": Guard(
        _without(Transactor, "run", _decide_once), *_race("two pulls of a day")
    ),
    "the delayed hint before an append": Guard(
        _without(QueueAnnouncer, "before", _nothing), *_deaths("push, scan, project")
    ),
    "the entry in the stream directory": Guard(
        _without(StreamDirectory, "add", _nothing), *_deaths("push, scan, project")
    ),
    "the ETag of a projected row": Guard(_without(ImageTable, "put", _overwrite), *_race("two projectors of a row")),
    "the ETag of a month's total": Guard(
        _without(BillingTable, "_entries", _total_without_etag), *_race("two charges of a month")
    ),
    "the look for a charge where an older version entered it": Guard(
        _without(BillingTable, "find", _find_in_shards),
        *_unit(test_billing, "test_a_charge_that_an_older_version_entered_is_not_entered_again"),
    ),
    "the reading of each charge once": Guard(
        _without(billing, "_once", _every_row),
        *_unit(test_billing, "test_what_two_versions_entered_at_the_same_time_is_one_charge"),
    ),
    "the hash of every event": Guard(
        _without(codec, "event_hash", lambda *event: ""),
        *_unit(test_verify_log, "test_only_the_first_break_of_a_stream_is_told_and_other_streams_are_still_verified"),
    ),
    "hints feed the generation that is being built": Guard(
        _without(Pointer, "fed", property(lambda pointer: (pointer.live, *pointer.kept))),
        *_race("a switch and a projector"),
    ),
    "hints feed the generations that are kept": Guard(
        _without(Pointer, "fed", property(lambda pointer: (pointer.live, *_numbers(pointer.building)))),
        *_deaths("rebuild"),
    ),
    "who writes reads the pointer anew": Guard(
        _without(Generations, "fed", _fed_from_memory), *_race("the begin of a rebuild and a projector")
    ),
    "a replay replaces no row": Guard(
        _without(ImageTable, "create", _create_over_others), *_race("a replay and a projector")
    ),
    "the mark of a batch comes after its rows": Guard(
        _without(BuildTable, "mark", _marked_before), *_deaths("rebuild without a switch")
    ),
    "only what was replayed to its end is switched to": Guard(
        _without(BuildTable, "finished", lambda *_: True),
        *_unit(test_rebuild, "test_only_a_generation_that_was_replayed_to_its_end_is_switched_to"),
    ),
    "the verdict of the comparison": Guard(_without(Comparison, "good", property(lambda _: True)), *_compared()),
    "the log as the judge of two generations": Guard(_without(CompareGenerations, "_settle", _nothing), *_compared()),
    "the second look at an index that was deleted": Guard(
        _without(UntagIndex, "__call__", _nothing), *_race("an index and its deletion")
    ),
}


@pytest.mark.parametrize("name", GUARDS)
def test_without_a_guard_the_test_that_is_named_for_it_fails(name: str) -> None:
    guard = GUARDS[name]
    with guard.removal(), pytest.raises((AssertionError, pytest.fail.Exception)):
        guard.check()


@pytest.mark.parametrize("weaker", [_head_without_etag, _events_over_others])
def test_of_the_two_guards_against_stale_appends_one_is_enough(weaker: Any) -> None:
    """Both are kept: one survives a mistake in the other."""
    with patch.object(TableEventLog, "_operations", weaker):
        contract.test_a_stale_append_to_an_existing_stream_is_a_conflict(_in_memory())
