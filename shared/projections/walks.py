"""How far each walk is in each partition of the stream directory, and how the last one went."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from shared.domain.messages import PARTITIONS, Seen, Walk, WalkMessage
from shared.storage.tables import Row, Table

_PARTITION = "walk"
_log = logging.getLogger(__name__)


class Pass(msgspec.Struct, frozen=True, rename="camel"):
    """One walk through streams: what was repaired and what could not be; ``ended_at`` is None while it goes on."""

    started_at: datetime
    ended_at: datetime | None = None
    streams: int = 0
    repaired: int = 0
    failed: int = 0


class WalkState(msgspec.Struct, frozen=True, rename="camel"):
    """One partition of a walk: the message that takes it further, since when, and the last pass to its end."""

    message: WalkMessage
    touched_at: datetime
    ended: bool = False
    last: Pass | None = None


@dataclass(frozen=True)
class WalkStates:
    """Rows of the table ``projections``: one for each partition of each walk."""

    table: Table

    def get(self, message: WalkMessage) -> tuple[WalkState, str] | None:
        """Return how far the walk of a message is in its partition, with the row's ETag, or None."""
        found = self.table.get(_PARTITION, _key(message))
        return (_read(found[0]), found[1]) if found else None

    def put(self, state: WalkState, etag: str) -> None:
        """Write how far a walk is, or raise RowChanged where somebody else took it further."""
        self.table.put(_row(state), etag=etag)

    def put_all(self, states: Sequence[WalkState]) -> None:
        """Write several partitions of walks, all or nothing."""
        self.table.transact([("upsert", _row(state)) for state in states])

    def remove(self, message: WalkMessage) -> None:
        """Forget the walk of a message in its partition."""
        self.table.remove(_PARTITION, _key(message))

    def of(self, message: WalkMessage) -> list[WalkState]:
        """Return what is known of the walk of a message in all its partitions."""
        prefix = _prefix(message)
        wanted = {"partition": _PARTITION, "first": f"{prefix}-", "end": f"{prefix}."}  # '.' follows '-'
        found = self.table.query("PartitionKey eq @partition and RowKey ge @first and RowKey lt @end", wanted)
        return [_read(row) for row in found]

    def all(self) -> Iterator[WalkState]:
        """Yield what is known of all walks; one that a later version began is left to that version."""
        for row in self.table.query("PartitionKey eq @partition", {"partition": _PARTITION}):
            try:
                yield _read(row)
            except msgspec.MsgspecError as error:
                _log.error("the walk %a is not known here: update this installation again (%s)", row["RowKey"], error)


def passes(states: Sequence[WalkState]) -> tuple[Pass | None, Pass | None]:
    """Sum up the partitions of a walk: the pass that goes on, and the last one that has come to every end.

    Every stream was looked at since that one began.
    """
    under_way = [state for state in states if not state.ended]
    ended = [state.last for state in states if state.last is not None]
    current = _sum([_pass(state.message) for state in under_way]) if under_way else None
    if current is not None:
        current = _sum([current, *(one for one in ended if one.started_at >= current.started_at)])
        current = msgspec.structs.replace(current, ended_at=None)
    return current, _sum(ended) if len(ended) == PARTITIONS else None


def ended_pass(message: WalkMessage, at: datetime) -> Pass:
    """Give the pass that ends with a message."""
    return msgspec.structs.replace(_pass(message), ended_at=at)


def _pass(message: WalkMessage) -> Pass:
    seen: Seen = message.seen
    return Pass(message.at, None, seen.streams, seen.projected, seen.failed)


def _sum(parts: Sequence[Pass]) -> Pass:
    return Pass(
        min(one.started_at for one in parts),
        max((one.ended_at for one in parts if one.ended_at), default=None),
        sum(one.streams for one in parts),
        sum(one.repaired for one in parts),
        sum(one.failed for one in parts),
    )


def _prefix(message: WalkMessage) -> str:
    # Of each other kind there is one at a time; those for the rules go on beside each other.
    if message.walk is not Walk.RULES:
        return str(message.walk)
    return f"{message.walk}-{hashlib.sha256(message.id.encode()).hexdigest()[:16]}"


def _key(message: WalkMessage) -> str:
    return f"{_prefix(message)}-{message.partition:02d}"


def _row(state: WalkState) -> Row:
    key = _key(state.message)
    return {"PartitionKey": _PARTITION, "RowKey": key, "state": msgspec.json.encode(state).decode()}


def _read(row: Row) -> WalkState:
    return msgspec.json.decode(row["state"], type=WalkState)
