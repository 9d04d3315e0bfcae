"""What must hold of the rows of the log whatever has happened; each law raises an AssertionError that names it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from shared.domain.events import (
    ImageDeleted,
    ImagePulled,
    ImageTagged,
    IndexResolved,
    RecordedEvent,
    ScanCompleted,
    ScanFailed,
    ScanRequested,
)
from shared.eventlog import codec, keys, rows
from shared.storage.tables import Row


class StoredStream(NamedTuple):
    """The rows of one stream."""

    head: Row
    markers: tuple[Row, ...]
    events: tuple[Row, ...]

    def read(self) -> list[RecordedEvent]:
        """Return the events."""
        return [rows.read_event(row) for row in self.events]


def stored_streams(table: Iterable[Row]) -> Mapping[str, StoredStream]:
    """Group the rows of the table ``events`` by stream; raise AssertionError for events without a head."""
    partitions: dict[str, dict[str, Row]] = defaultdict(dict)
    for row in table:
        partitions[row["PartitionKey"]][row["RowKey"]] = row
    return {keys.unescape(name): _stored(name, found) for name, found in partitions.items()}


def check_log(table: Iterable[Row]) -> None:
    """Check every stream."""
    for name, stored in stored_streams(table).items():
        check_versions(name, stored)
        check_commands(name, stored)
        check_chain(name, stored)
        check_scans(name, stored.read())
        check_deliveries(name, stored.read())
        check_pulls(name, stored.read())


def check_versions(name: str, stored: StoredStream) -> None:
    """Versions are contiguous from 1 on, and the head equals the last event."""
    versions = [int(row["RowKey"].removeprefix("e-")) for row in stored.events]
    assert versions == list(range(1, len(versions) + 1)), f"{name} has the versions {versions}"
    assert int(stored.head["version"]) == len(versions), f"the head of {name} says {stored.head['version']}"


def check_commands(name: str, stored: StoredStream) -> None:
    """Every event belongs to one command, and no command was carried out twice or by half."""
    spans = sorted((int(row["first"]), int(row["version"])) for row in stored.markers)
    covered = [version for first, last in spans for version in range(first, last + 1)]
    assert covered == list(range(1, len(stored.events) + 1)), f"the commands of {name} cover {covered}"


def check_chain(name: str, stored: StoredStream) -> None:
    """Every event holds the hash of the one before, and the head that of the last."""
    previous = ""
    for row, recorded in zip(stored.events, stored.read(), strict=True):
        assert recorded.meta.previous == previous, f"event {recorded.version} of {name} does not follow the one before"
        previous = codec.event_hash(row["type"], int(row["schema"]), row["data"], row["meta"])
    assert stored.head["tip"] == previous, f"the head of {name} has the hash of another event"


def check_scans(name: str, events: Iterable[RecordedEvent]) -> None:
    """A scan is requested once, ended at most once, and at most one of a stream is charged."""
    asked: list[str] = []
    ended: list[str] = []
    charged: list[int] = []
    for recorded in events:
        match recorded.event:
            case ScanRequested(scan_id=scan_id):
                asked.append(scan_id)
            case ScanCompleted() | ScanFailed() | IndexResolved() as event:
                ended.append(event.scan_id)
                if isinstance(event, ScanCompleted) and event.charged:
                    charged.append(recorded.version)
    assert len(asked) == len(set(asked)), f"{name} was asked twice for one of the scans {asked}"
    assert len(ended) == len(set(ended)), f"{name} has two ends of one of the scans {ended}"
    assert set(ended) <= set(asked), f"{name} ends a scan that was never asked for"
    assert len(charged) <= 1, f"{name} is charged by the events {charged}"


def check_deliveries(name: str, events: Iterable[RecordedEvent]) -> None:
    """What a registry tells of once is noted once, however often it is delivered."""
    told = Counter(
        (type(one.event), one.meta.cause)
        for one in events
        if isinstance(one.event, ImageTagged | ImageDeleted | ImagePulled)
    )
    doubled = [cause for cause, count in told.items() if count > 1]
    assert not doubled, f"{name} notes more than once: {doubled}"


def check_pulls(name: str, events: Iterable[RecordedEvent]) -> None:
    """Pulls are noted at most once a day."""
    days = [one.meta.occurred_at.date() for one in events if isinstance(one.event, ImagePulled)]
    assert len(days) == len(set(days)), f"{name} notes two pulls of one of the days {days}"


def _stored(name: str, found: Mapping[str, Any]) -> StoredStream:
    assert keys.HEAD in found, f"{name} has events and no head"
    events = [found[key] for key in sorted(found) if key.startswith("e-")]
    markers = [found[key] for key in sorted(found) if key.startswith("id-")]
    return StoredStream(found[keys.HEAD], tuple(markers), tuple(events))
