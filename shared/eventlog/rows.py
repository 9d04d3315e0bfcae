"""The rows of one append: the marker of the command, the head of the stream, and its new events."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from shared.domain.events import DomainEvent, Meta, RecordedEvent
from shared.eventlog import codec, keys
from shared.eventlog.interface import Command, Stream

type Row = dict[str, Any]


def build(
    stream: Stream, command: Command, events: Sequence[DomainEvent], now: datetime
) -> tuple[list[Row], Sequence[RecordedEvent]]:
    """Make all rows of an append, in the order of the transaction, and the events as they will be read."""
    partition = keys.escape(str(stream.name))
    # Clocks differ between workers: within a stream, time never runs backwards.
    recorded_at = max(now, stream.last_recorded) if stream.last_recorded else now
    event_rows, recorded, tip = _event_rows(partition, stream, command, events, recorded_at)
    version = stream.version + len(events)
    key = keys.marker_row(command.id)
    marker = marker_row(partition, key, stream.version + 1, version, fingerprint(command))
    return [marker, head_row(partition, version, tip, recorded_at), *event_rows], recorded


def marker_row(partition: str, key: str, first: int, version: int, content: str) -> Row:
    """Make the row that marks a command as carried out, by the events from ``first`` to ``version``."""
    return {"PartitionKey": partition, "RowKey": key, "version": version, "first": first, "content": content}


def head_row(partition: str, version: int, tip: str, recorded_at: datetime) -> Row:
    """Make the row that says how far a stream goes."""
    return {
        "PartitionKey": partition,
        "RowKey": keys.HEAD,
        "version": version,
        "tip": tip,
        "recorded_at": recorded_at.isoformat(),
    }


def event_row(partition: str, version: int, name: str, schema: int, content: str, meta: str) -> Row:
    """Make the row of an event from its stored form."""
    key = keys.event_row(version)
    return {"PartitionKey": partition, "RowKey": key, "type": name, "schema": schema, "data": content, "meta": meta}


def fingerprint(command: Command) -> str:
    """Give the hash by which a repeated command is known to say the same."""
    return hashlib.sha256(command.content).hexdigest()


def read_event(row: Mapping[str, Any]) -> RecordedEvent:
    """Read the row of an event."""
    version = int(str(row["RowKey"]).removeprefix("e-"))
    return codec.decode_event(version, row["type"], int(row["schema"]), row["data"], row["meta"])


def _event_rows(
    partition: str, stream: Stream, command: Command, events: Sequence[DomainEvent], recorded_at: datetime
) -> tuple[list[Row], list[RecordedEvent], str]:
    rows: list[Row] = []
    recorded: list[RecordedEvent] = []
    tip = stream.tip
    for version, event in enumerate(events, start=stream.version + 1):
        meta = Meta(
            occurred_at=command.occurred_at,
            recorded_at=recorded_at,
            actor=command.actor,
            cause=command.cause,
            correlation_id=command.correlation_id,
            previous=tip,
        )
        name, schema, content = codec.encode_event(event)
        stored_meta = codec.encode_meta(meta)
        tip = codec.event_hash(name, schema, content, stored_meta)
        rows.append(event_row(partition, version, name, schema, content, stored_meta))
        recorded.append(RecordedEvent(version=version, event=event, meta=meta))
    return rows, recorded, tip
