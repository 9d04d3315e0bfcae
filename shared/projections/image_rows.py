"""The rows of the images table: one image a row, with what lists filter by and the whole answer packed beside it.

A generation of the table has a number in its name, so that a rebuild can be made beside the live one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import msgspec

from shared.domain.image import ImageState
from shared.domain.image_health import ImageHealth
from shared.domain.image_past import ImagePast
from shared.domain.lineage import Lineage
from shared.domain.references import ImageId
from shared.domain.upgrades import Upgrade
from shared.eventlog.keys import escape, unescape
from shared.projections.bulk import transactions
from shared.projections.packed import MOST_PARTS, pack, unpack
from shared.storage.tables import Row, Table

_LISTED = ["PartitionKey", "RowKey", "health", "listed", *(f"answer_{number}" for number in range(MOST_PARTS))]

_KEYS = ["PartitionKey", "RowKey"]
_STATE = [*_KEYS, *(f"state_{number}" for number in range(MOST_PARTS))]
_PACKED = [f"{name}_{number}" for name in ("state", "past") for number in range(MOST_PARTS)]
_WHOLE = [*_LISTED, "version", "rules", "revision", *_PACKED]
_MATCHED = ["PartitionKey", "RowKey", "repository", "health", "failure", "scan", "snapshot", "package_set"]


class MatchedImage(NamedTuple):
    """How an image was last matched: the scan, its snapshot and its package set (empty for none), and what is shown."""

    image: ImageId
    repository: str
    health: str
    failure: str
    scan: str
    snapshot: str
    package_set: str


class RowStamp(NamedTuple):
    """Which version of an image's row is there, and when it was written by the clock of the service."""

    image: ImageId
    etag: str
    written: datetime


class ImageAnswer(msgspec.Struct, frozen=True):
    """What queries show of an image; ``listed`` is false for deleted images and for artifacts."""

    health: ImageHealth
    upgrades: tuple[Upgrade, ...]
    listed: bool
    lineage: Lineage = Lineage()


class ImageRow(msgspec.Struct, frozen=True):
    """A projected image: how far it was folded, under which rules (and end of life) and revision, what came of it."""

    version: int
    rules: str
    revision: str
    state: ImageState
    answer: ImageAnswer
    past: ImagePast = ImagePast()


@dataclass(frozen=True)
class ImageTable:
    """Projected images by registry and digest."""

    table: Table

    def get(self, image: ImageId) -> tuple[ImageRow, str] | None:
        """Return a projected image and its ETag, or None."""
        found = self.table.get(escape(image.registry), escape(image.digest))
        return (_read(found[0]), found[1]) if found else None

    def version(self, image: ImageId) -> int:
        """Return up to which version of its stream an image is projected; 0 for one without a row."""
        found = self.table.get(escape(image.registry), escape(image.digest))
        return int(found[0]["version"]) if found else 0

    def put(self, image: ImageId, row: ImageRow, etag: str | None) -> None:
        """Write a projected image, or raise RowChanged where somebody else did since it was read."""
        self.table.put(_columns(image, row), etag=etag)

    def create(self, rows: Sequence[tuple[ImageId, ImageRow]]) -> None:
        """Write new images of one registry in as few transactions as they take; raise RowChanged where one is there.

        Those of the transactions before it are then written.
        """
        made = (_columns(image, row) for image, row in rows)
        for part in transactions(made):
            self.table.transact([("create", columns) for columns in part])

    def threshold(self) -> str | None:
        """Return the severity from which on findings counted when the first rows were made; None where none tells."""
        rows = self.table.query("PartitionKey ge @first", {"first": ""}, select=["revision"])
        told = (str(row["revision"]).partition("-")[2] for row in rows)
        return next(filter(None, told), None)

    def stamps(self, since: datetime | None) -> Iterator[RowStamp]:
        """Yield which rows were written at a time or after it, or all rows."""
        for row, etag, written in self.table.stamped(since, _KEYS):
            yield RowStamp(image_of_row(row), etag, written)

    def written_since(self, since: datetime | None) -> Iterator[tuple[ImageId, ImageRow, str]]:
        """Yield images with their ETags: those written at a time or after it, or all."""
        for row, etag, _ in self.table.stamped(since, _WHOLE):
            yield image_of_row(row), _read(row), etag

    def rows(self) -> Iterator[Row]:
        """Yield all rows as they are stored, in key order."""
        return self.table.query("PartitionKey ge @first", {"first": ""})

    def all(self) -> Iterator[tuple[ImageId, ImageRow]]:
        """Yield all images with their rows, in key order."""
        return ((image_of_row(row), _read(row)) for row in self.rows())

    def of(self, registry: str) -> Iterator[tuple[ImageId, ImageRow]]:
        """Yield the images of a registry with their rows, in key order."""
        for row in self.table.query("PartitionKey eq @registry", {"registry": escape(registry)}):
            yield image_of_row(row), _read(row)

    def states(self, registry: str) -> Iterator[tuple[ImageId, ImageState]]:
        """Yield what the events of each image of a registry say, in key order."""
        for row in self.table.query("PartitionKey eq @registry", {"registry": escape(registry)}, select=_STATE):
            yield image_of_row(row), unpack("state", row, ImageState)

    def listed(self, *, registry: str | None = None, health: str | None = None) -> Iterator[ImageAnswer]:
        """Yield the answers of all images that are there, in key order."""
        condition, parameters = "listed eq true", {}
        if registry is not None:
            condition, parameters = "PartitionKey eq @registry and listed eq true", {"registry": escape(registry)}
        if health is not None:
            condition, parameters = condition + " and health eq @health", {**parameters, "health": health}
        for row in self.table.query(condition, parameters, select=_LISTED):
            yield unpack("answer", row, ImageAnswer)

    def matched(self) -> Iterator[MatchedImage]:
        """Yield how each listed image was last matched; a row of an older revision is left to the sweep."""
        return filter(None, map(_match, self.table.query("listed eq true", {}, select=_MATCHED)))

    def match(self, image: ImageId) -> MatchedImage | None:
        """Return how an image was last matched; None of one that is not listed, or has a row of an older revision."""
        found = self.table.get(escape(image.registry), escape(image.digest))
        return _match(found[0]) if found and found[0]["listed"] else None


def image_of_row(row: Row) -> ImageId:
    """Give the image that a row is about."""
    return ImageId(unescape(row["PartitionKey"]), unescape(row["RowKey"]))


def _match(row: Row) -> MatchedImage | None:
    if "package_set" not in row:
        return None
    return MatchedImage(image_of_row(row), *(str(row[column]) for column in _MATCHED[2:]))


def _columns(image: ImageId, row: ImageRow) -> Row:
    health = row.answer.health
    return {
        "PartitionKey": escape(image.registry),
        "RowKey": escape(image.digest),
        "version": row.version,
        "rules": row.rules,
        "revision": row.revision,
        "health": str(health.health),
        "listed": row.answer.listed,
        "repository": health.repository,
        "failure": health.failure or "",
        "scan": health.last_scan.id if health.last_scan else "",
        "snapshot": health.last_scan.advisory_snapshot if health.last_scan else "",
        "package_set": row.state.last_scan.event.package_set if row.state.last_scan else "",
        "last_pulled": _text(health.last_pulled),
        "last_scanned": _text(health.last_scan.time if health.last_scan else None),
        **pack("state", row.state),
        **pack("answer", row.answer),
        **pack("past", row.past),
    }


def _read(row: Row) -> ImageRow:
    return ImageRow(
        version=int(row["version"]),
        rules=row["rules"],
        revision=row["revision"],
        state=unpack("state", row, ImageState),
        answer=unpack("answer", row, ImageAnswer),
        # A row of an older revision has none, until it is projected anew.
        past=unpack("past", row, ImagePast) if "past_0" in row else ImagePast(),
    )


def _text(time: datetime | None) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ") if time else ""
