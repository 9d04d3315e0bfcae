"""The rows of the images table: one image a row, with what lists filter by and the whole answer packed beside it.

A generation of the table has a number in its name, so that a rebuild can be made beside the live one.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from shared.domain.image import ImageState
from shared.domain.image_health import ImageHealth
from shared.domain.references import ImageId
from shared.domain.upgrades import Upgrade
from shared.eventlog.keys import escape
from shared.storage.tables import Row, Table

_PART = 60_000  # bytes; a property holds at most 64 KiB
_MOST_PARTS = (1 << 20) // _PART + 1  # a row holds at most 1 MiB
_LISTED = ["PartitionKey", "RowKey", "health", "listed", *(f"answer_{number}" for number in range(_MOST_PARTS))]


class ImageAnswer(msgspec.Struct, frozen=True):
    """What queries show of an image; ``listed`` is false for deleted images and for artifacts."""

    health: ImageHealth
    upgrades: tuple[Upgrade, ...]
    listed: bool


class ImageRow(msgspec.Struct, frozen=True):
    """A projected image: how far it was folded, under which rules and revision, and the answer."""

    version: int
    rules: str
    revision: str
    state: ImageState
    answer: ImageAnswer


@dataclass(frozen=True)
class ImageTable:
    """Projected images by registry and digest."""

    table: Table

    def get(self, image: ImageId) -> tuple[ImageRow, str] | None:
        """Return a projected image and its ETag, or None."""
        found = self.table.get(escape(image.registry), escape(image.digest))
        return (_read(found[0]), found[1]) if found else None

    def put(self, image: ImageId, row: ImageRow, etag: str | None) -> None:
        """Write a projected image, or raise RowChanged where somebody else did since it was read."""
        health = row.answer.health
        columns: dict[str, Any] = {
            "PartitionKey": escape(image.registry),
            "RowKey": escape(image.digest),
            "version": row.version,
            "rules": row.rules,
            "revision": row.revision,
            "health": str(health.health),
            "listed": row.answer.listed,
            "last_pulled": _text(health.last_pulled),
            "last_scanned": _text(health.last_scan.time if health.last_scan else None),
            **_pack("state", row.state),
            **_pack("answer", row.answer),
        }
        self.table.put(columns, etag=etag)

    def listed(self, *, registry: str | None = None, health: str | None = None) -> Iterator[ImageAnswer]:
        """Yield the answers of all images that are there, in key order."""
        condition, parameters = "listed eq true", {}
        if registry is not None:
            condition, parameters = "PartitionKey eq @registry and listed eq true", {"registry": escape(registry)}
        if health is not None:
            condition, parameters = condition + " and health eq @health", {**parameters, "health": health}
        for row in self.table.query(condition, parameters, select=_LISTED):
            yield _unpack("answer", row, ImageAnswer)

    def pulled_since(self, since: datetime) -> Iterator[ImageAnswer]:
        """Yield the answers of listed images whose last pull is not before a time."""
        condition = "listed eq true and last_pulled ge @since"
        for row in self.table.query(condition, {"since": _text(since)}, select=_LISTED):
            yield _unpack("answer", row, ImageAnswer)


def _read(row: Row) -> ImageRow:
    return ImageRow(
        version=int(row["version"]),
        rules=row["rules"],
        revision=row["revision"],
        state=_unpack("state", row, ImageState),
        answer=_unpack("answer", row, ImageAnswer),
    )


def _pack(name: str, value: msgspec.Struct) -> Mapping[str, bytes]:
    packed = zlib.compress(msgspec.json.encode(value), 1)
    return {f"{name}_{number}": packed[at : at + _PART] for number, at in enumerate(range(0, len(packed), _PART))}


def _unpack[T](name: str, row: Row, kind: type[T]) -> T:
    parts: list[bytes] = []
    while (part := row.get(f"{name}_{len(parts)}")) is not None:
        parts.append(part)
    return msgspec.json.decode(zlib.decompress(b"".join(parts)), type=kind)


def _text(time: datetime | None) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ") if time else ""
