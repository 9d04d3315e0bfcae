"""Dead letters: what could not be worked on, kept with its error until somebody has looked at it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from shared.eventlog.interface import StreamName
from shared.eventlog.keys import escape, unescape
from shared.storage.tables import Row, Table

PROJECTIONS = "projections"
REGISTRY_EVENTS = "registry-events"
NOTICES = "notices"
WALKS = "walks"
_LONGEST = 16_000  # characters
_LOOKED_AT = 5_000  # rows; somebody who has more has one cause, and the status must still answer


@dataclass(frozen=True)
class DeadLetter:
    """One of them: where it comes from, its id there (as a key), what went wrong, and what could not be worked on."""

    source: str
    id: str
    error: str
    content: str
    at: datetime


@dataclass(frozen=True)
class DeadLetters:
    """Rows by where they come from: ``registry-events``, ``projections``, ``notices``, ``walks``."""

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

    def stall(self, stream: StreamName, error: Exception, at: datetime) -> None:
        """Keep a stream that cannot be projected; one letter for each, with its last error."""
        self.add(PROJECTIONS, str(stream), f"{type(error).__name__}: {error}", str(stream), at)

    def all(self, source: str) -> Iterator[DeadLetter]:
        """Yield every letter of a source, in key order."""
        for row in self.table.query("PartitionKey eq @source", {"source": escape(source)}):
            yield _read(row)

    def remove(self, letter: DeadLetter) -> None:
        """Forget a letter; one that is gone already is fine."""
        self.table.remove(escape(letter.source), letter.id)

    def forget(self, source: str, letter_id: str) -> None:
        """Forget the letter of an id, if there is one."""
        self.table.remove(escape(source), escape(letter_id)[:500])

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


def _read(row: Row) -> DeadLetter:
    at = datetime.fromisoformat(row["at"])
    return DeadLetter(unescape(row["PartitionKey"]), row["RowKey"], row["error"], row["content"], at)
