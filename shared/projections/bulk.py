"""Rows in as few transactions as they take.

Source: learn.microsoft.com, "Performing entity group transactions": at most 100 rows of one partition, and 4 MiB.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from shared.storage.tables import Row

MOST_ROWS = 100
_MOST_BYTES = 2 << 20  # binary columns travel as base64, and each row in an envelope


def transactions(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Yield rows of one partition in parts that fit into a transaction."""
    part: list[Row] = []
    size = 0
    for row in rows:
        added = sum(len(value) if isinstance(value, (str, bytes)) else 8 for value in row.values())
        if part and (len(part) == MOST_ROWS or size + added > _MOST_BYTES):
            yield part
            part, size = [], 0
        part.append(row)
        size += added
    if part:
        yield part
