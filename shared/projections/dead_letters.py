"""Dead letters: what could not be worked on, kept with its error until somebody has looked at it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from shared.eventlog.keys import escape
from shared.storage.tables import Row, Table

_LONGEST = 16_000  # characters
_LOOKED_AT = 5_000  # rows; somebody who has more has one cause, and the status must still answer


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
        """Return how many there are; more than 5,000 are not counted."""
        return sum(1 for _ in self._rows(["PartitionKey"]))

    def newest(self, most: int) -> list[dict[str, Any]]:
        """Return the newest ones as plain objects."""
        rows = self._rows(["PartitionKey", "RowKey", "error", "at"])
        newest = sorted(rows, key=lambda row: str(row["at"]), reverse=True)[:most]
        return [
            {"source": row["PartitionKey"], "id": row["RowKey"], "error": row["error"], "at": row["at"]}
            for row in newest
        ]

    def _rows(self, select: list[str]) -> Iterator[Row]:
        return islice(self.table.query("PartitionKey ge @first", {"first": ""}, select=select), _LOOKED_AT)
