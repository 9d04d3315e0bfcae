"""What every event log promises: the same tests for the log in memory and for the one over Table Storage.

The table log runs over tables in memory, over Azurite, and over a real account where ``PLIMSOLL_TEST_STORAGE`` holds
the connection string of one; the tables that it makes there are deleted afterwards.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from shared.domain.events import DomainEvent, ImagePulled, ImageTagged
from shared.eventlog.directory import StreamDirectory
from shared.eventlog.interface import (
    Command,
    CommandReused,
    EventLog,
    LimitExceeded,
    StreamName,
    VersionConflict,
)
from shared.eventlog.kept_streams import KeptStreams
from shared.eventlog.memory_log import MemoryEventLog
from shared.eventlog.table_log import TableEventLog
from shared.storage.account import StorageAccount
from shared.storage.tables import Table
from tests.support.azurite import Azurite
from tests.support.memory_storage import MemoryTable

NAME = StreamName("image", ("127.0.0.1:5055", "sha256:" + "a" * 64))
START = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
# A writer that still meets conflicts after this long never gets through: it fails, and leaves no thread behind.
_RACE_SECONDS = 240


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.time = START

    def __call__(self) -> datetime:
        return self.time


_ACCOUNT = os.environ.get("PLIMSOLL_TEST_STORAGE", "")
_LOGS = ["memory", "kept in memory", "table in memory", "table", *(["account"] if _ACCOUNT else [])]

type OpenLog = Callable[[Clock], EventLog]


@pytest.fixture(params=_LOGS)
def open_log(request: pytest.FixtureRequest) -> Iterator[OpenLog]:
    match request.param:
        case "memory":
            yield MemoryEventLog
        case "kept in memory":
            yield lambda clock: KeptStreams(MemoryEventLog(clock), NAME.kind)
        case "table in memory":
            yield lambda clock: _table_log(MemoryTable(name="events"), MemoryTable(name="streams"), clock)
        case "table":
            azurite: Azurite = request.getfixturevalue("azurite")
            account = StorageAccount(azurite.fresh_account())
            yield lambda clock: _table_log(Table(account, "events"), Table(account, "streams"), clock)
        case _:
            yield from _log_of_account(StorageAccount(_ACCOUNT))


def _log_of_account(account: StorageAccount) -> Iterator[OpenLog]:
    names = [f"{name}{uuid4().hex[:12]}" for name in ("events", "streams")]
    yield lambda clock: _table_log(Table(account, names[0]), Table(account, names[1]), clock)
    for name in names:
        account.tables.delete_table(name)


def _table_log(events: Table, streams: Table, clock: Clock) -> EventLog:
    return TableEventLog(events, StreamDirectory(streams), clock)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def log(open_log: OpenLog, clock: Clock) -> EventLog:
    return open_log(clock)


def command(number: int, content: bytes = b"{}") -> Command:
    return Command(f"command/{number}?", content, START, "tester", f"cause-{number}", f"correlation-{number}")


def tagged(tag: str) -> DomainEvent:
    return ImageTagged(repository="team/app", tag=tag, media_type="application/vnd.oci.image.manifest.v1+json")


def test_a_stream_nobody_has_written_to_is_empty(log: EventLog) -> None:
    stream = log.load(NAME)

    assert (stream.version, list(stream.events), stream.etag) == (0, [], None)


def test_events_come_back_in_order_with_what_was_said_of_them(log: EventLog) -> None:
    log.append(log.load(NAME), command(1), [tagged("a"), tagged("b")])
    log.append(log.load(NAME), command(2), [tagged("c")])

    stream = log.load(NAME)

    assert [one.version for one in stream.events] == [1, 2, 3]
    assert [one.event for one in stream.events] == [tagged("a"), tagged("b"), tagged("c")]
    assert {one.meta.cause for one in stream.events} == {"cause-1", "cause-2"}
    assert stream.events[0].meta.actor == "tester"
    assert stream.events[0].meta.recorded_at == START


def test_only_the_events_after_a_version_are_read_on_demand(log: EventLog) -> None:
    log.append(log.load(NAME), command(1), [tagged("a"), tagged("b"), tagged("c")])

    stream = log.load(NAME, after=2)

    assert stream.version == 3
    assert [one.version for one in stream.events] == [3]


def test_an_append_to_a_stream_that_has_grown_is_a_conflict_and_changes_nothing(log: EventLog) -> None:
    stale = log.load(NAME)
    log.append(log.load(NAME), command(1), [tagged("a")])
    before = log.load(NAME)

    with pytest.raises(VersionConflict):
        log.append(stale, command(2), [tagged("b")])

    assert log.load(NAME) == before


def test_a_stale_append_to_an_existing_stream_is_a_conflict(log: EventLog) -> None:
    log.append(log.load(NAME), command(1), [tagged("a")])
    stale = log.load(NAME)
    log.append(log.load(NAME), command(2), [tagged("b")])

    with pytest.raises(VersionConflict):
        log.append(stale, command(3), [tagged("c")])

    assert log.load(NAME).version == 2


def test_the_same_command_again_is_success_and_gives_what_was_recorded(log: EventLog) -> None:
    first = log.append(log.load(NAME), command(1), [tagged("a"), tagged("b")])
    log.append(log.load(NAME), command(2), [tagged("c")])

    again = log.append(log.load(NAME), command(1), [tagged("a"), tagged("b")])

    assert again.duplicate
    assert again.version == first.version == 2
    assert list(again.events) == list(first.events)
    assert log.load(NAME).version == 3


def test_the_same_command_with_other_content_is_an_error_and_changes_nothing(log: EventLog) -> None:
    log.append(log.load(NAME), command(1, b"one"), [tagged("a")])

    with pytest.raises(CommandReused):
        log.append(log.load(NAME), command(1, b"other"), [tagged("b")])

    assert log.load(NAME).version == 1


def test_more_events_than_fit_one_transaction_are_refused_whole(log: EventLog) -> None:
    with pytest.raises(LimitExceeded):
        log.append(log.load(NAME), command(1), [tagged(f"t{number}") for number in range(99)])

    assert log.load(NAME).version == 0


def test_as_many_events_as_fit_one_transaction_are_appended(log: EventLog) -> None:
    log.append(log.load(NAME), command(1), [tagged(f"t{number}") for number in range(98)])

    assert log.load(NAME).version == 98


def test_an_event_that_is_too_large_for_a_property_is_refused(log: EventLog) -> None:
    with pytest.raises(LimitExceeded):
        log.append(log.load(NAME), command(1), [ImagePulled(repository="r" * 40_000)])

    assert log.load(NAME).version == 0


def test_an_event_of_the_largest_size_is_stored(log: EventLog) -> None:
    event = ImagePulled(repository="r" * 32_000)
    log.append(log.load(NAME), command(1), [event])

    assert log.load(NAME).events[0].event == event


def test_a_property_may_have_64_kib_counted_as_utf_16_and_no_more(log: EventLog) -> None:
    """``data`` of the event is ``{"repository":"…","tag":null}``; 28 characters besides the name."""
    name = "\N{PILE OF POO}" * ((32_768 - 28) // 2)
    log.append(log.load(NAME), command(1), [ImagePulled(repository=name)])

    with pytest.raises(LimitExceeded):
        log.append(log.load(NAME), command(2), [ImagePulled(repository=name + "ab")])

    assert [one.event for one in log.load(NAME).events] == [ImagePulled(repository=name)]


def test_an_append_of_more_than_four_mebibytes_is_refused_whole(log: EventLog) -> None:
    with pytest.raises(LimitExceeded):
        log.append(log.load(NAME), command(1), [ImagePulled(repository="r" * 32_000) for _ in range(70)])

    assert log.load(NAME).version == 0


def test_a_command_whose_id_is_longer_than_a_key_is_carried_out_once(log: EventLog) -> None:
    long = replace(command(1), id="c/" * 1_000)
    log.append(log.load(NAME), long, [tagged("a")])

    assert log.append(log.load(NAME), long, [tagged("a")]).duplicate


def test_a_command_may_be_repeated_from_a_stale_read(log: EventLog) -> None:
    stale = log.load(NAME)
    log.append(stale, command(1), [tagged("a")])

    assert log.append(stale, command(1), [tagged("a")]).duplicate
    assert log.load(NAME).version == 1


def test_the_same_command_on_another_stream_is_another_one(log: EventLog) -> None:
    other = StreamName("image", ("127.0.0.1:5055", "sha256:" + "b" * 64))
    log.append(log.load(NAME), command(1), [tagged("a")])

    assert not log.append(log.load(other), command(1), [tagged("a")]).duplicate


def test_an_append_of_nothing_writes_nothing(log: EventLog) -> None:
    assert log.append(log.load(NAME), command(1), []).version == 0
    assert not log.append(log.load(NAME), command(1, b"other"), [tagged("a")]).duplicate


def test_time_never_runs_backwards_within_a_stream(log: EventLog, clock: Clock) -> None:
    log.append(log.load(NAME), command(1), [tagged("a")])
    clock.time = START - timedelta(hours=1)
    log.append(log.load(NAME), command(2), [tagged("b")])

    times = [one.meta.recorded_at for one in log.load(NAME).events]

    assert times == [START, START]


def test_every_stream_is_found_by_its_kind(log: EventLog) -> None:
    names = {StreamName("image", ("r.azurecr.io", f"sha256:{number:064x}")) for number in range(30)}
    for name in names:
        log.append(log.load(name), command(1), [tagged("a")])
    log.append(log.load(StreamName("index", ("r", "d"))), command(1), [tagged("a")])

    assert set(log.streams("image")) == names


def test_streams_do_not_mix_even_where_names_hold_reserved_characters(log: EventLog) -> None:
    names = [StreamName("rules", (text,)) for text in ("a/b", "a\\b", "a#b", "a?b", "a%2Fb", "a=2Fb", "ä b", "a'b")]
    for number, name in enumerate(names):
        log.append(log.load(name), command(number), [tagged(f"t{number}")])

    assert [log.load(name).events[0].event for name in names] == [tagged(f"t{n}") for n in range(len(names))]
    assert set(log.streams("rules")) == set(names)


def test_each_event_holds_the_hash_of_the_one_before(log: EventLog) -> None:
    log.append(log.load(NAME), command(1), [tagged("a"), tagged("b")])
    tip = log.load(NAME).tip
    log.append(log.load(NAME), command(2), [tagged("c")])

    hashes = [one.meta.previous for one in log.load(NAME).events]

    assert hashes[0] == ""
    assert hashes[2] == tip
    assert len(set(hashes)) == 3


@pytest.fixture
def eager_threads(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let threads that share memory take turns 500 times as often as usual: few steps follow each other unbroken."""
    usual = sys.getswitchinterval()
    if "memory" in request.node.callspec.params["open_log"]:
        sys.setswitchinterval(usual / 500)
    yield
    sys.setswitchinterval(usual)


@pytest.mark.usefixtures("eager_threads")
def test_of_two_appenders_that_race_each_event_is_kept_once(log: EventLog) -> None:
    """Eight writers, twenty appends each, every conflict tried again: nothing is lost and nothing is doubled."""
    failures: list[BaseException] = []
    deadline = time.monotonic() + _RACE_SECONDS

    def write(writer: int) -> None:
        try:
            for number in range(20):
                _append_until_it_works(log, writer * 100 + number, deadline)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    stream = log.load(NAME)
    assert failures == []
    assert [one.version for one in stream.events] == list(range(1, 161))
    assert len({one.meta.cause for one in stream.events}) == 160


def _append_until_it_works(log: EventLog, number: int, deadline: float) -> None:
    while True:
        try:
            log.append(log.load(NAME), command(number), [tagged(f"t{number}")])
        except VersionConflict:
            if time.monotonic() > deadline:
                raise
            continue
        return
