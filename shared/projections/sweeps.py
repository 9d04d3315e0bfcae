"""Where the sweep is in the stream directory, and what it has found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import msgspec

from shared.eventlog.interface import StreamName
from shared.storage.tables import Table

_KEY = "sweep"


class Pass(msgspec.Struct, frozen=True, rename="camel"):
    """One walk through all streams: what was repaired and what could not be; ``ended_at`` is None while it goes on."""

    started_at: datetime
    ended_at: datetime | None = None
    streams: int = 0
    repaired: int = 0
    failed: int = 0


class SweepPosition(msgspec.Struct, frozen=True, rename="camel"):
    """The stream after which the next sweep goes on (empty: from the first), the pass it is in, and the last whole one.

    ``kind`` is the kind of streams that it is among.
    """

    kind: str = ""
    after: str = ""
    current: Pass | None = None
    last: Pass | None = None

    @property
    def name(self) -> StreamName | None:
        """The stream to go on after."""
        return StreamName.parse(self.after) if self.after else None


@dataclass(frozen=True)
class SweepTable:
    """One row of the table ``projections``."""

    table: Table

    def get(self) -> SweepPosition:
        """Return where the sweep is."""
        found = self.table.get(_KEY, _KEY)
        return msgspec.json.decode(found[0]["position"], type=SweepPosition) if found else SweepPosition()

    def put(self, position: SweepPosition) -> None:
        """Note where the sweep is."""
        self.table.upsert({"PartitionKey": _KEY, "RowKey": _KEY, "position": msgspec.json.encode(position).decode()})
