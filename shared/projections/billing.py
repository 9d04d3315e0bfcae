"""The bill: a contribution row for each charged image and a total for each month, written in one transaction.

A charge that is projected twice finds its row and changes nothing; the total can be recomputed from the rows, and
the rows from the log.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import batched
from threading import Lock
from typing import Any

import msgspec

from shared.domain.references import ImageId
from shared.eventlog.keys import escape
from shared.projections.bulk import MOST_ROWS
from shared.storage.tables import RowChanged, Table

_TOTAL = "total"
_CHARGE, _AFTER = "charge|", "charge}"  # '}' follows '|'
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


@dataclass(frozen=True)
class BillingTable:
    """Charges by month."""

    table: Table
    # Threads that enter many charges would else keep taking the total away from each other.
    _one_at_a_time: Lock = field(default_factory=Lock, compare=False, repr=False)

    def record(self, charge: BilledImage) -> None:
        """Enter a charge, once for each registry and digest."""
        if self.find(charge.month, charge.image) is None:
            self._enter(charge.month, [charge])

    def find(self, month: str, image: ImageId) -> BilledImage | None:
        """Return the charge of an image in a month, or None."""
        found = self.table.get(month, _row(image))
        return msgspec.json.decode(found[0]["charge"], type=BilledImage) if found else None

    def record_all(self, charges: Sequence[BilledImage]) -> None:
        """Enter charges that are most likely new: those of a month in as few transactions as they take."""
        months: dict[str, list[BilledImage]] = {}
        for charge in charges:
            months.setdefault(charge.month, []).append(charge)
        for month, entered in months.items():
            for part in batched(entered, MOST_ROWS - 1, strict=False):
                with self._one_at_a_time:
                    self._enter(month, part)

    def entries(self) -> Iterator[tuple[str, BilledImage]]:
        """Yield every charge with its month, in key order."""
        for row in self.table.query("RowKey ge @first and RowKey lt @last", {"first": _CHARGE, "last": _AFTER}):
            yield row["PartitionKey"], msgspec.json.decode(row["charge"], type=BilledImage)

    def charges(self, month: str) -> Iterator[BilledImage]:
        """Yield every charge of a month (``YYYY-MM``)."""
        condition = "PartitionKey eq @month and RowKey ge @first and RowKey lt @last"
        parameters = {"month": month, "first": _CHARGE, "last": _AFTER}
        for row in self.table.query(condition, parameters):
            yield msgspec.json.decode(row["charge"], type=BilledImage)

    def total(self, month: str) -> int:
        """Return how many images a month charged."""
        found = self.table.get(month, _TOTAL)
        return int(found[0]["images"]) if found else 0

    def _enter(self, month: str, charges: Sequence[BilledImage]) -> None:
        for attempt in range(_ATTEMPTS):
            try:
                self.table.transact(self._entries(month, charges))
            except RowChanged:
                time.sleep(random.uniform(0.01, 0.05) * (attempt + 1))  # noqa: S311 - jitter, no secret
                charges = [charge for charge in charges if self.find(month, charge.image) is None]
                if not charges:
                    return
                continue
            return
        raise RowChanged(f"the total of {month} changes too often")

    def _entries(self, month: str, charges: Sequence[BilledImage]) -> list[tuple[Any, ...]]:
        from azure.core import MatchConditions
        from azure.data.tables import UpdateMode

        new = [
            ("create", {"PartitionKey": month, "RowKey": _row(one.image), "charge": msgspec.json.encode(one).decode()})
            for one in charges
        ]
        found = self.table.get(month, _TOTAL)
        if found is None:
            return [*new, ("create", {"PartitionKey": month, "RowKey": _TOTAL, "images": len(new)})]
        total = {"PartitionKey": month, "RowKey": _TOTAL, "images": int(found[0]["images"]) + len(new)}
        unchanged = {
            "mode": UpdateMode.REPLACE,
            "etag": found[1],
            "match_condition": MatchConditions.IfNotModified,
        }
        return [*new, ("update", total, unchanged)]


def _row(image: ImageId) -> str:
    return _CHARGE + escape("|".join(image))
