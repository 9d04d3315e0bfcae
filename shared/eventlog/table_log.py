"""The event log over Azure Table Storage: one stream is one partition, one append one entity group transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Any

from shared.domain.events import DomainEvent, RecordedEvent
from shared.eventlog import keys, limits, rows
from shared.eventlog.directory import StreamDirectory
from shared.eventlog.interface import (
    Appended,
    Command,
    CommandReused,
    History,
    OutcomeUnknown,
    Stream,
    StreamName,
    VersionConflict,
)
from shared.storage.tables import Row, Table

if TYPE_CHECKING:
    from azure.data.tables import TableTransactionError

_MARKER_INDEX = 0


@dataclass(frozen=True)
class TableEventLog:
    """Streams in the table ``events``; ``now`` gives the time of recording."""

    events: Table
    directory: StreamDirectory
    now: Callable[[], datetime]

    def load(self, name: StreamName, *, after: int = 0) -> Stream:
        """Read the head first, then only the events up to its version: a torn read can never be decided on."""
        partition = keys.escape(str(name))
        found = self.events.get(partition, keys.HEAD)
        if found is None:
            return Stream(name=name, version=0, events=())
        head, etag = found
        version = int(head["version"])
        return Stream(
            name=name,
            version=version,
            events=tuple(self._events(partition, after + 1, version)),
            etag=etag,
            tip=head["tip"],
            last_recorded=datetime.fromisoformat(head["recorded_at"]),
        )

    def append(self, stream: Stream, command: Command, events: Sequence[DomainEvent]) -> Appended:
        """Append in one transaction: marker first, so that a repetition is told from a conflict."""
        if not events:
            return Appended(version=stream.version, events=())
        if stream.version == 0:
            self.directory.add(stream.name)
        built, recorded = rows.build(stream, command, events, self.now())
        limits.check(built)
        operations = self._operations(built, stream.etag)
        return self._submit(stream, command, operations) or Appended(stream.version + len(events), recorded)

    def streams(self, kind: str, *, after: StreamName | None = None, shard: int | None = None) -> Iterator[StreamName]:
        """Yield the names of all streams of a kind, from the stream directory."""
        return self.directory.names(kind, after=after, shard=shard)

    def histories(
        self, kind: str, *, after: StreamName | None = None, last: StreamName | None = None
    ) -> Iterator[History]:
        """Yield streams with their events, 1,000 rows a page: a page for many streams, not two reads for each."""
        condition = "PartitionKey gt @after and PartitionKey le @last and RowKey ge @first and RowKey lt @end"
        found = self.events.query(
            condition,
            {
                "after": keys.escape(str(after)) if after else f"{kind}|",
                "last": keys.escape(str(last)) if last else f"{kind}}}",  # '}' follows '|'
                "first": keys.event_row(0),
                "end": keys.AFTER_EVENTS,
            },
        )
        for partition, group in groupby(found, key=lambda row: str(row["PartitionKey"])):
            stored = tuple(group)
            yield History(StreamName.parse(keys.unescape(partition)), partial(_read_all, stored))

    def _events(self, partition: str, first: int, last: int) -> Iterator[Any]:
        if first > last:
            return
        found = self.events.query(
            "PartitionKey eq @partition and RowKey ge @first and RowKey le @last",
            {"partition": partition, "first": keys.event_row(first), "last": keys.event_row(last)},
        )
        yield from map(rows.read_event, found)

    def _operations(self, built: Sequence[rows.Row], etag: str | None) -> list[tuple[Any, ...]]:
        from azure.core import MatchConditions
        from azure.data.tables import UpdateMode

        marker, head, *events = built
        replace = {"mode": UpdateMode.REPLACE, "etag": etag, "match_condition": MatchConditions.IfNotModified}
        head_operation = ("update", head, replace) if etag else ("create", head)
        return [("create", marker), head_operation, *(("create", event) for event in events)]

    def _submit(self, stream: Stream, command: Command, operations: list[tuple[Any, ...]]) -> Appended | None:
        from azure.core.exceptions import HttpResponseError, ServiceRequestError, ServiceResponseError
        from azure.data.tables import TableTransactionError

        try:
            self.events.client.submit_transaction(operations)
        except TableTransactionError as error:
            return self._refused(stream, command, error)
        except (ServiceRequestError, ServiceResponseError) as error:
            raise OutcomeUnknown(f"no answer to an append to {stream.name}: {error}") from error
        except HttpResponseError as error:
            if error.status_code is not None and error.status_code >= 500:
                raise OutcomeUnknown(f"storage answered {error.status_code} to an append to {stream.name}") from error
            raise
        return None

    def _refused(self, stream: Stream, command: Command, error: TableTransactionError) -> Appended:
        if error.status_code == 409 and error.index == _MARKER_INDEX:
            return self._repeated(stream, command, error)
        if error.status_code in (404, 409, 412):
            raise VersionConflict(f"{stream.name} is no longer at version {stream.version}") from error
        if error.status_code is not None and error.status_code >= 500:
            raise OutcomeUnknown(f"storage answered {error.status_code} to an append to {stream.name}") from error
        raise error

    def _repeated(self, stream: Stream, command: Command, error: TableTransactionError) -> Appended:
        found = self.events.get(keys.escape(str(stream.name)), keys.marker_row(command.id))
        if found is None:
            raise VersionConflict(f"the marker of {command.id} on {stream.name} came and went") from error
        marker, _ = found
        if marker["content"] != rows.fingerprint(command):
            raise CommandReused(f"command {command.id} was carried out on {stream.name} with other content") from error
        first, last = int(marker["first"]), int(marker["version"])
        return Appended(last, tuple(self._events(keys.escape(str(stream.name)), first, last)), duplicate=True)


def _read_all(stored: Sequence[Row]) -> tuple[RecordedEvent, ...]:
    return tuple(map(rows.read_event, stored))
