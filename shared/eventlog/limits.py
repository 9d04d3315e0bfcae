"""What Table Storage takes in one transaction, checked before anything is sent.

Source: learn.microsoft.com, "Scalability and performance targets for Table storage" and "Performing entity group
transactions". The emulator enforces only part of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from shared.eventlog.interface import LimitExceeded
from shared.eventlog.keys import MAX_KEY

MAX_ROWS = 100
MAX_PAYLOAD = 4 << 20
MAX_ROW = 1 << 20
MAX_PROPERTY = 64 << 10
_ROW_OVERHEAD = 512  # the envelope of one operation in the batch's body, generously


def check(rows: Sequence[Mapping[str, object]]) -> None:
    """Raise LimitExceeded where a transaction of these rows would be refused."""
    if len(rows) > MAX_ROWS:
        raise LimitExceeded(f"{len(rows)} rows in one append; at most {MAX_ROWS} fit (98 events)")
    sizes = [_row_size(row) for row in rows]
    for row, size in zip(rows, sizes, strict=True):
        if size > MAX_ROW:
            raise LimitExceeded(f"row {row['RowKey']} has {size} bytes; at most {MAX_ROW} fit")
    total = sum(sizes) + _ROW_OVERHEAD * len(rows)
    if total > MAX_PAYLOAD:
        raise LimitExceeded(f"the append has {total} bytes; at most {MAX_PAYLOAD} fit")


def _row_size(row: Mapping[str, object]) -> int:
    size = 0
    for name, value in row.items():
        if name in ("PartitionKey", "RowKey") and len(str(value)) > MAX_KEY:
            raise LimitExceeded(f"{name} has {len(str(value))} characters; at most {MAX_KEY} fit")
        stored = _stored_size(value)
        if stored > MAX_PROPERTY:
            raise LimitExceeded(f"property {name} of {row['RowKey']} has {stored} bytes; at most {MAX_PROPERTY} fit")
        size += 2 * len(name) + stored + 8
    return size


def _stored_size(value: object) -> int:
    if isinstance(value, str):
        return len(value.encode("utf-16-le"))
    return len(value) if isinstance(value, bytes) else 8
