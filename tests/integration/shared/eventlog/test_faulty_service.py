"""Eight workers and a service that loses requests and answers: every command is carried out once."""

from __future__ import annotations

import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from azure.core.exceptions import AzureError

from shared.domain import image
from shared.domain.events import DomainEvent, ImageTagged
from shared.domain.image import ImageState
from shared.eventlog.announcer import QueueAnnouncer
from shared.eventlog.directory import StreamDirectory
from shared.eventlog.interface import Command, OutcomeUnknown, StreamName, VersionConflict
from shared.eventlog.table_log import TableEventLog
from shared.eventlog.transact import Transactor
from shared.storage.account import StorageAccount, load_sdk
from shared.storage.queues import MessageQueue
from shared.storage.tables import Table
from tests.support.azurite import Azurite
from tests.support.faults.log_laws import check_log, stored_streams
from tests.support.faults.summary import RecordProperty, record
from tests.support.faults.transport import Breakage, FaultyTransport

_COMMANDS, _REPEATED, _WORKERS, _SHARE = 150, 40, 8, 0.3
_STREAMS = [StreamName("image", ("registry.example", f"sha256:{number:064x}")) for number in range(5)]
START = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize("seed", range(3))
def test_no_command_is_lost_or_doubled_over_a_service_that_fails(
    azurite: Azurite, seed: int, record_property: RecordProperty
) -> None:
    load_sdk()
    connection = azurite.fresh_account()
    breakage = Breakage(random.Random(f"service {seed}"), _SHARE)
    healthy, faulty = StorageAccount(connection), StorageAccount(connection, transport=FaultyTransport(breakage))
    log = TableEventLog(Table(faulty, "events"), StreamDirectory(Table(faulty, "streams")), lambda: START)
    # The SDK waits seconds between two attempts to reach a queue: their faults are left to the histories in memory.
    announcer = QueueAnnouncer(MessageQueue(healthy, "projections"), MessageQueue(healthy, "scans"))
    transactor = Transactor(log, announcer)
    drawn = random.Random(seed)
    commands = [*range(_COMMANDS), *drawn.choices(range(_COMMANDS), k=_REPEATED)]
    drawn.shuffle(commands)

    with ThreadPoolExecutor(_WORKERS) as workers:
        list(workers.map(lambda number: _until_done(transactor, number), commands))

    rows = list(Table(healthy, "events").query("PartitionKey ge @first", {"first": ""}))
    check_log(rows)
    tags = [str(event.tag) for stream in stored_streams(rows).values() for event in _tagged(stream.read())]
    assert sorted(tags) == sorted(f"t{number}" for number in range(_COMMANDS))
    assert sum(breakage.injected.values()) > _COMMANDS
    record(record_property, len(commands), breakage)


def _until_done(transactor: Transactor, number: int) -> None:
    """Deliver a command as a queue would: again, until its worker got to the end."""
    told = Command(f"command-{number}", msgspec.json.encode(number), START, "ci", f"cause-{number}", f"cause-{number}")
    tagged: DomainEvent = ImageTagged("app", f"t{number}", "application/vnd.oci.image.manifest.v1+json")

    def decide(state: ImageState) -> list[DomainEvent]:
        return [tagged]  # the marker alone tells a repetition

    for _ in range(100):
        try:
            transactor.run(_STREAMS[number % len(_STREAMS)], image.fold, told, decide)
        except (AzureError, OutcomeUnknown, VersionConflict):
            continue
        return
    raise AssertionError(f"command {number} was delivered in vain")


def _tagged(events: Sequence[Any]) -> list[ImageTagged]:
    return [one.event for one in events if isinstance(one.event, ImageTagged)]
