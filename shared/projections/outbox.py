"""The outbox of notices: what was last told of each image, and what waits to be sent, changed in one transaction.

Table ``notices``: an image belongs to one of 16 partitions by the first digit of its digest. Rows: ``t-{image}`` says
what was told, ``o-{time}-{id}`` is a CloudEvent that waits; so what waits is read without what was told. The partition
``state`` tells since when there are notices, and how the sending goes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID, uuid5

import msgspec

from shared.domain.notices import Told
from shared.domain.references import ImageId
from shared.eventlog.keys import escape
from shared.projections.packed import pack, unpack
from shared.storage.tables import RowChanged, Table

PARTITIONS = "0123456789abcdef"
_NAMESPACE = UUID("0c3f3d1e-55f4-5d6a-9d31-7f3a0b8f7d52")
_STATE = "state"
_BEFORE = timedelta(minutes=10)
_TOLD, _WAITING, _AFTER_WAITING = "t-", "o-", "o."


class WaitingNotice(msgspec.Struct, frozen=True):
    """A CloudEvent that waits to be sent: its id is the same however often it is sent."""

    partition: str
    row: str
    id: str
    event: dict[str, Any]


class Remembered(msgspec.Struct, frozen=True):
    """What was told of an image and after which projection of it, with the row's ETag; ``number`` counts notices."""

    told: Told
    basis: str
    number: int
    etag: str | None


class SendingState(msgspec.Struct, frozen=True, rename="camel"):
    """How the sending goes: the last success, and the last failure since then."""

    sent_at: datetime | None = None
    failed_at: datetime | None = None
    error: str = ""


@dataclass(frozen=True)
class Outbox:
    """Notices by image."""

    table: Table

    def since(self, now: datetime) -> datetime:
        """Return since when there are notices: a little before the first call, so that a first image counts as new."""
        found = self.table.get(_STATE, "since")
        if found:
            return datetime.fromisoformat(found[0]["at"])
        began = now - _BEFORE
        try:
            self.table.put({"PartitionKey": _STATE, "RowKey": "since", "at": began.isoformat()}, etag=None)
        except RowChanged:
            return self.since(now)
        return began

    def remembered(self, about: ImageId) -> Remembered | None:
        """Return what was told of an image; None of one that nothing is on record for."""
        found = self.table.get(_partition(about), _told(about))
        if found is None:
            return None
        row, etag = found
        return Remembered(unpack("told", row, Told), str(row["basis"]), int(row["number"]), etag)

    def note(self, about: ImageId, then: Remembered, event: dict[str, Any] | None) -> None:
        """Remember what is told of an image, and leave the CloudEvent that tells it, if any; raise RowChanged.

        ``then.etag`` is that of the row as it was read, None for a new one.
        """
        partition = _partition(about)
        row = {"PartitionKey": partition, "RowKey": _told(about), "basis": then.basis, "number": then.number}
        operations: list[tuple[Any, ...]] = [_put({**row, **pack("told", then.told)}, then.etag)]
        if event is not None:
            name = f"{_WAITING}{event['time']}-{event['id']}"
            waiting = {"PartitionKey": partition, "RowKey": name, "id": event["id"], **pack("event", event)}
            operations.append(("create", waiting))
        self.table.transact(operations)

    def waiting(self, partition: str, most: int) -> list[WaitingNotice]:
        """Return the oldest notices of a partition that wait."""
        return [
            WaitingNotice(partition, row["RowKey"], row["id"], unpack("event", row, dict[str, Any]))
            for row in islice(self._rows(partition), most)
        ]

    def pending(self) -> int:
        """Count what waits."""
        return sum(1 for partition in PARTITIONS for _ in self._rows(partition, ["RowKey"]))

    def sent(self, notices: Sequence[WaitingNotice]) -> None:
        """Forget notices that were sent."""
        for notice in notices:
            self.table.remove(notice.partition, notice.row)

    def state(self) -> SendingState:
        """Return how the sending goes."""
        found = self.table.get(_STATE, "sending")
        return msgspec.json.decode(found[0]["state"], type=SendingState) if found else SendingState()

    def put_state(self, state: SendingState) -> None:
        """Note how the sending goes."""
        row = {"PartitionKey": _STATE, "RowKey": "sending", "state": msgspec.json.encode(state).decode()}
        self.table.upsert(row)

    def _rows(self, partition: str, select: list[str] | None = None) -> Iterator[Any]:
        condition = "PartitionKey eq @partition and RowKey ge @first and RowKey lt @last"
        parameters = {"partition": partition, "first": _WAITING, "last": _AFTER_WAITING}
        return self.table.query(condition, parameters, select=select)


def notice_id(about: ImageId, number: int) -> str:
    """Give the id of an image's notice, counted from 1."""
    return str(uuid5(_NAMESPACE, f"{about.registry}\n{about.digest}\n{number}"))


def _partition(about: ImageId) -> str:
    return about.digest.partition(":")[2][:1]


def _told(about: ImageId) -> str:
    return _TOLD + escape(f"{about.registry} {about.digest}")


def _put(row: dict[str, Any], etag: str | None) -> tuple[Any, ...]:
    if etag is None:
        return ("create", row)
    from azure.core import MatchConditions
    from azure.data.tables import UpdateMode

    options = {"mode": UpdateMode.REPLACE, "etag": etag, "match_condition": MatchConditions.IfNotModified}
    return ("update", row, options)
