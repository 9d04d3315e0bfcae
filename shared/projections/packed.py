"""Values that are too big for one property of a row: compressed JSON, cut into columns.

Source: learn.microsoft.com, "Understanding the Table service data model": a property holds at most 64 KiB, a row 1 MiB.
"""

import zlib
from collections.abc import Mapping

import msgspec

from shared.storage.tables import Row

_PART = 60_000  # bytes
MOST_PARTS = (1 << 20) // _PART + 1


def pack(name: str, value: object) -> Mapping[str, bytes]:
    """Give the columns ``{name}_0`` and so on for a value."""
    packed = zlib.compress(msgspec.json.encode(value), 1)
    return {f"{name}_{number}": packed[at : at + _PART] for number, at in enumerate(range(0, len(packed), _PART))}


def unpack[T](name: str, row: Row, kind: type[T]) -> T:
    """Read a value back from its columns."""
    parts: list[bytes] = []
    while (part := row.get(f"{name}_{len(parts)}")) is not None:
        parts.append(part)
    return msgspec.json.decode(zlib.decompress(b"".join(parts)), type=kind)
