"""Dead letters: what could not be worked on, kept with its error until somebody has looked at it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.eventlog.keys import escape
from shared.storage.tables import Row, Table

_LONGEST = 16_000  # characters


@dataclass(frozen=True)
class DeadLetters:
    """Rows by where they come from: ``registry-events``, ``projections``."""

    table: Table

    def add(self, source: str, letter_id: str, error: str, content: str, at: datetime) -> None:
        """Keep one; the same one again replaces itself."""
        self.table.upsert(
            {
                "PartitionKey": escape(source),
                "RowKey": escape(letter_id)[:500],
                "error": error[:_LONGEST],
                "content": content[:_LONGEST],
                "at": at.isoformat(),
            }
        )

    def count(self) -> int:
        """Return how many there are."""
        return sum(1 for _ in self._rows(["PartitionKey"]))

    def newest(self, most: int) -> list[dict[str, Any]]:
        """Return the newest ones as plain objects."""
        rows = sorted(self._rows(None), key=lambda row: str(row["at"]), reverse=True)[:most]
        return [
            {"source": row["PartitionKey"], "id": row["RowKey"], "error": row["error"], "at": row["at"]} for row in rows
        ]

    def _rows(self, select: list[str] | None) -> Iterator[Row]:
        return self.table.query("PartitionKey ge @first", {"first": ""}, select=select)
