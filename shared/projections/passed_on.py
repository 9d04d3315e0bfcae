"""How far the events of the rules have been passed on to the images that they concern."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import msgspec

from shared.eventlog.interface import StreamName
from shared.eventlog.keys import escape
from shared.storage.tables import Table

_PARTITION = "passed-on"


class PassedOn(msgspec.Struct, frozen=True, rename="camel"):
    """Up to which version of the rules images were told, and when they were last told that a rule had expired."""

    version: int = 0
    expired_at: datetime | None = None


@dataclass(frozen=True)
class PassedOnTable:
    """Rows of the table ``projections``, one for each stream of rules."""

    table: Table

    def get(self, rules: StreamName) -> PassedOn:
        """Return what was passed on of a stream of rules."""
        found = self.table.get(_PARTITION, escape(str(rules)))
        return msgspec.json.decode(found[0]["state"], type=PassedOn) if found else PassedOn()

    def put(self, rules: StreamName, state: PassedOn) -> None:
        """Note what was passed on; where two do so at once, the images of one are told again."""
        row = {"PartitionKey": _PARTITION, "RowKey": escape(str(rules)), "state": msgspec.json.encode(state).decode()}
        self.table.upsert(row)
