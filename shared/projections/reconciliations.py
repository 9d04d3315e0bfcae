"""How far the sweep of each registry is, and which repositories it has seen: what lets it go on after a crash."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from shared.domain.events import RegistrySwept
from shared.eventlog.keys import escape, unescape
from shared.storage.tables import Table

_SWEEP = "sweep"
_SEEN = "seen-"
_AFTER_SEEN = "seen."  # '.' follows '-'


class SweepState(msgspec.Struct, frozen=True, rename="camel"):
    """The sweep of one registry: the repository of its catalog after which it goes on, and what it has counted.

    ``catalog_ended`` is whether all that is listed was looked at; what only the log knows follows. ``last`` is the last
    sweep that came to an end.
    """

    sweep_id: str = ""
    started_at: datetime | None = None
    after: str = ""
    catalog_ended: bool = False
    ended: bool = True
    repositories: int = 0
    manifests: int = 0
    found: int = 0
    untagged: int = 0
    closed: int = 0
    failed: int = 0
    problem: str = ""
    last: RegistrySwept | None = None


@dataclass(frozen=True)
class SweepStates:
    """A partition a registry: one row for its sweep, and one for each repository that a sweep has seen."""

    table: Table

    def get(self, registry: str) -> tuple[SweepState, str | None]:
        """Return how far the sweep of a registry is, with the row's ETag; None for one that was never swept."""
        found = self.table.get(escape(registry), _SWEEP)
        return (_read(found[0]["state"]), found[1]) if found else (SweepState(), None)

    def put(self, registry: str, state: SweepState, etag: str | None, seen: Sequence[str] = ()) -> str:
        """Write how far a sweep is and which repositories it has seen since, all or nothing; return the new ETag.

        Raise RowChanged where somebody else wrote it since it was read.
        """
        from azure.core import MatchConditions
        from azure.data.tables import UpdateMode

        row = {"PartitionKey": escape(registry), "RowKey": _SWEEP, "state": msgspec.json.encode(state).decode()}
        replace = {"mode": UpdateMode.REPLACE, "etag": etag, "match_condition": MatchConditions.IfNotModified}
        whole: list[tuple[Any, ...]] = [("update", row, replace) if etag else ("create", row)]
        for name in seen:
            seen_row = {"PartitionKey": escape(registry), "RowKey": _SEEN + escape(name), "sweep": state.sweep_id}
            whole.append(("upsert", seen_row))
        self.table.transact(whole)
        _, written = self.get(registry)
        assert written is not None
        return written

    def seen(self, registry: str, sweep_id: str) -> set[str]:
        """Return the repositories that a sweep has looked at."""
        condition = "PartitionKey eq @registry and RowKey ge @first and RowKey lt @end"
        rows = self.table.query(condition, {"registry": escape(registry), "first": _SEEN, "end": _AFTER_SEEN})
        return {unescape(row["RowKey"].removeprefix(_SEEN)) for row in rows if row["sweep"] == sweep_id}


def _read(text: str) -> SweepState:
    return msgspec.json.decode(text, type=SweepState)
