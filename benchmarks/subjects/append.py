"""Appends to the event log, and the same rows sent with nothing but the storage SDK.

Each writes to streams of its own that hold one event already, loaded beforehand: what is timed is three rows in one
transaction (insert the command's marker, replace the head under its ETag, insert the event).
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from azure.core import MatchConditions
from azure.data.tables import UpdateMode

from benchmarks.subjects.timed import Outcome, Timed
from shared.domain.events import DomainEvent, ImagePulled, ScanRequested, Trigger
from shared.domain.references import ImageId
from shared.eventlog import rows
from shared.eventlog.directory import StreamDirectory
from shared.eventlog.interface import Command, Stream
from shared.eventlog.streams import image_stream
from shared.eventlog.table_log import TableEventLog
from shared.storage.account import StorageAccount
from shared.storage.tables import Table

type _Operation = tuple[str, Mapping[str, Any]] | tuple[str, Mapping[str, Any], Mapping[str, Any]]

_EVENT = ImagePulled(repository="team/app", tag="1.0")


def product(storage: str, appends: str) -> Timed:
    """Time TableEventLog.append."""
    log = _log(storage)
    streams = _streams(log, int(appends))
    commands = [_command(number) for number in range(len(streams))]

    def timed() -> Outcome:
        for stream, command in zip(streams, commands, strict=True):
            log.append(stream, command, [_EVENT])
        return len(streams), {"appends": len(streams)}

    return timed


def bare(storage: str, appends: str) -> Timed:
    """Time submit_transaction of the very rows that the product would send, made beforehand."""
    log = _log(storage)
    client = log.events.client
    transactions = [_transaction(stream, _command(n)) for n, stream in enumerate(_streams(log, int(appends)))]

    def timed() -> Outcome:
        for transaction in transactions:
            client.submit_transaction(transaction)
        return len(transactions), {"appends": len(transactions)}

    return timed


def _transaction(stream: Stream, command: Command) -> list[_Operation]:
    (marker, head, event), _ = rows.build(stream, command, [_EVENT], _now())
    unchanged = {
        "mode": UpdateMode.REPLACE,
        "etag": stream.etag,
        "match_condition": MatchConditions.IfNotModified,
    }
    return [("create", marker), ("update", head, unchanged), ("create", event)]


def _log(storage: str) -> TableEventLog:
    account = StorageAccount(connection_string=storage)
    suffix = uuid4().hex[:12]
    directory = StreamDirectory(Table(account, f"streams{suffix}"))
    return TableEventLog(Table(account, f"events{suffix}"), directory, _now)


def _streams(log: TableEventLog, count: int) -> list[Stream]:
    names = [image_stream(ImageId("registry.example", f"sha256:{number:064x}")) for number in range(count)]
    requested: DomainEvent = ScanRequested(scan_id="scan", repository="team/app", trigger=Trigger.PUSH)
    for name in names:
        log.append(Stream(name=name, version=0, events=()), _command(-1), [requested])
    return [log.load(name) for name in names]


def _command(number: int) -> Command:
    cause = f"event-{number}"
    return Command(
        id=cause, content=cause.encode(), occurred_at=_now(), actor="benchmark", cause=cause, correlation_id=cause
    )


def _now() -> datetime:
    return datetime.now(UTC)
