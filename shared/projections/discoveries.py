"""How the last look for registries went: for the status; nothing is decided by it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import msgspec

from shared.storage.tables import Table

_KEY = "|discovery"  # no registry is named so


class Discovery(msgspec.Struct, frozen=True, rename="camel"):
    """One look: how many registries there are, how many could not be connected, how many are gone since the last."""

    started_at: datetime
    ended_at: datetime
    registries: int = 0
    failed: int = 0
    removed: int = 0
    problem: str = ""


@dataclass(frozen=True)
class DiscoveryTable:
    """One row."""

    table: Table

    def get(self) -> Discovery | None:
        """Return the last look, None before the first."""
        found = self.table.get(_KEY, _KEY)
        return msgspec.json.decode(found[0]["look"], type=Discovery) if found else None

    def put(self, look: Discovery) -> None:
        """Keep a look in the place of the one before."""
        self.table.upsert({"PartitionKey": _KEY, "RowKey": _KEY, "look": msgspec.json.encode(look).decode()})
