"""The bill: a contribution row for each charged image and a total beside it, written in one transaction.

A charge that is projected twice finds its row and changes nothing; the totals can be recomputed from the rows, and
the rows from the log.

A month is spread over 16 shards by the first digit of the image's digest, which is a hash already: whoever enters a
charge changes the total of its shard alone. A replay reads streams in the order of their digests, so that a batch of it
goes to few shards.

Version 0.1 kept a month in one partition. What it entered stays there and is read with the shards; a charge that is
there is entered in no shard. While the two versions run beside each other, or after one has gone back and forth between
them, a charge may be in both places: whoever reads takes it once.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import batched, groupby
from threading import Lock
from typing import Any, NamedTuple

import msgspec

from shared.domain.references import ImageId
from shared.eventlog.keys import escape
from shared.projections.bulk import MOST_ROWS
from shared.storage.tables import Row, RowChanged, Table

SHARDS = "0123456789abcdef"

_TOTAL = "total"
_CHARGE, _AFTER = "charge|", "charge}"  # '}' follows '|'
_OF_MONTH = "PartitionKey ge @month and PartitionKey lt @after"  # undivided, and every shard
_ATTEMPTS = 12


class BilledImage(msgspec.Struct, frozen=True, rename="camel"):
    """One charge: the image, when, and the id of the event behind it."""

    registry: str
    repository: str
    digest: str
    time: datetime
    event_id: str

    @property
    def image(self) -> ImageId:
        """The image that was charged."""
        return ImageId(self.registry, self.digest)

    @property
    def month(self) -> str:
        """The month of the bill that it is on (``YYYY-MM``)."""
        return self.time.strftime("%Y-%m")


class Count(NamedTuple):
    """The charges of one partition of a month: how many are there, and how many its total says."""

    month: str
    charges: int
    total: int


@dataclass(frozen=True)
class BillingTable:
    """Charges by month and shard."""

    table: Table
    # Threads that enter many charges would else keep taking the total of a shard away from each other.
    _one_at_a_time: dict[str, Lock] = field(
        default_factory=lambda: {shard: Lock() for shard in SHARDS}, compare=False, repr=False
    )

    def record(self, charge: BilledImage) -> None:
        """Enter a charge, once for each registry and digest."""
        if self.find(charge.month, charge.image) is None:
            self._enter(_partition(charge), [charge])

    def find(self, month: str, image: ImageId) -> BilledImage | None:
        """Return the charge of an image in a month, or None."""
        row = _row(image)
        found = self.table.get(_sharded(month, image), row) or self.table.get(month, row)
        return msgspec.json.decode(found[0]["charge"], type=BilledImage) if found else None

    def record_all(self, charges: Sequence[BilledImage]) -> None:
        """Enter charges that are most likely new: those of a shard in as few transactions as they take."""
        undivided = {month for month in {one.month for one in charges} if self.table.get(month, _TOTAL)}
        new = [one for one in charges if one.month not in undivided or self.find(one.month, one.image) is None]
        for partition, found in groupby(sorted(new, key=_partition), _partition):
            for part in batched(found, MOST_ROWS - 1, strict=False):
                with self._one_at_a_time[partition[-1]]:
                    self._enter(partition, part)

    def entries(self) -> Iterator[tuple[str, BilledImage]]:
        """Yield every charge with its month, in key order."""
        yield from _once(self.table.query("RowKey ge @first and RowKey lt @last", {"first": _CHARGE, "last": _AFTER}))

    def charges(self, month: str) -> Iterator[BilledImage]:
        """Yield every charge of a month (``YYYY-MM``), in key order."""
        condition = f"{_OF_MONTH} and RowKey ge @first and RowKey lt @last"
        for _, charge in _once(self.table.query(condition, {**_bounds(month), "first": _CHARGE, "last": _AFTER})):
            yield charge

    def total(self, month: str) -> int:
        """Return how many images a month charged, by the totals of its shards."""
        rows = self.table.query(f"{_OF_MONTH} and RowKey eq @total", {**_bounds(month), "total": _TOTAL})
        return sum(int(row["images"]) for row in rows)

    def counts(self) -> Iterator[Count]:
        """Count the charges of every partition, beside what its total says."""
        condition, columns = "RowKey ge @first and RowKey le @total", ["PartitionKey", "RowKey", "images"]
        rows = self.table.query(condition, {"first": _CHARGE, "total": _TOTAL}, columns)
        for partition, found in groupby(rows, lambda row: str(row["PartitionKey"])):
            charges = total = 0
            for row in found:
                if row["RowKey"] == _TOTAL:
                    total = int(row["images"])
                else:
                    charges += 1
            yield Count(_month(partition), charges, total)

    def _enter(self, partition: str, charges: Sequence[BilledImage]) -> None:
        for attempt in range(_ATTEMPTS):
            try:
                self.table.transact(self._entries(partition, charges))
            except RowChanged:
                time.sleep(random.uniform(0.01, 0.05) * (attempt + 1))  # noqa: S311 - jitter, no secret
                charges = [charge for charge in charges if self.find(charge.month, charge.image) is None]
                if not charges:
                    return
                continue
            return
        raise RowChanged(f"the total of {partition} changes too often")

    def _entries(self, partition: str, charges: Sequence[BilledImage]) -> list[tuple[Any, ...]]:
        from azure.core import MatchConditions
        from azure.data.tables import UpdateMode

        new = [
            (
                "create",
                {"PartitionKey": partition, "RowKey": _row(one.image), "charge": msgspec.json.encode(one).decode()},
            )
            for one in charges
        ]
        found = self.table.get(partition, _TOTAL)
        if found is None:
            return [*new, ("create", {"PartitionKey": partition, "RowKey": _TOTAL, "images": len(new)})]
        total = {"PartitionKey": partition, "RowKey": _TOTAL, "images": int(found[0]["images"]) + len(new)}
        unchanged = {
            "mode": UpdateMode.REPLACE,
            "etag": found[1],
            "match_condition": MatchConditions.IfNotModified,
        }
        return [*new, ("update", total, unchanged)]


def _once(rows: Iterable[Row]) -> Iterator[tuple[str, BilledImage]]:
    """Read charges in key order, each once: an undivided month comes before its shards."""
    undivided: set[tuple[str, ImageId]] = set()
    for row in rows:
        partition = str(row["PartitionKey"])
        charge = msgspec.json.decode(row["charge"], type=BilledImage)
        month = _month(partition)
        if partition == month:
            undivided.add((month, charge.image))
        elif (month, charge.image) in undivided:
            continue
        yield month, charge


def _partition(charge: BilledImage) -> str:
    return _sharded(charge.month, charge.image)


def _sharded(month: str, image: ImageId) -> str:
    return f"{month}|{image.digest.partition(':')[2][0]}"


def _month(partition: str) -> str:
    return partition.partition("|")[0]


def _bounds(month: str) -> dict[str, object]:
    return {"month": month, "after": f"{month}}}"}  # '}' follows '|'


def _row(image: ImageId) -> str:
    return _CHARGE + escape("|".join(image))
