"""The bill: a contribution row for each charged image and a total for each month, written in one transaction.

A charge that is projected twice finds its row and changes nothing; the total can be recomputed from the rows, and
the rows from the log.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from shared.domain.references import ImageId
from shared.eventlog.keys import escape
from shared.storage.tables import RowChanged, Table

_TOTAL = "total"
_CHARGE = "charge|"
_ATTEMPTS = 12


class BilledImage(msgspec.Struct, frozen=True, rename="camel"):
    """One charge: the image, when, and the id of the event behind it."""

    registry: str
    repository: str
    digest: str
    time: datetime
    event_id: str


@dataclass(frozen=True)
class BillingTable:
    """Charges by month."""

    table: Table

    def record(self, charge: BilledImage) -> None:
        """Enter a charge, once for each registry and digest."""
        for attempt in range(_ATTEMPTS):
            if self.table.get(_month(charge.time), _row(charge)) is not None:
                return
            try:
                self.table.transact(self._entry(charge))
            except RowChanged:
                time.sleep(random.uniform(0.01, 0.05) * (attempt + 1))  # noqa: S311 - jitter, no secret
                continue
            return
        raise RowChanged(f"the total of {_month(charge.time)} changes too often")

    def charges(self, month: str) -> Iterator[BilledImage]:
        """Yield every charge of a month (``YYYY-MM``)."""
        condition = "PartitionKey eq @month and RowKey ge @first and RowKey lt @last"
        parameters = {"month": month, "first": _CHARGE, "last": "charge}"}  # '}' follows '|'
        for row in self.table.query(condition, parameters):
            yield msgspec.json.decode(row["charge"], type=BilledImage)

    def total(self, month: str) -> int:
        """Return how many images a month charged."""
        found = self.table.get(month, _TOTAL)
        return int(found[0]["images"]) if found else 0

    def _entry(self, charge: BilledImage) -> list[tuple[Any, ...]]:
        from azure.core import MatchConditions
        from azure.data.tables import UpdateMode

        month = _month(charge.time)
        row = {"PartitionKey": month, "RowKey": _row(charge), "charge": msgspec.json.encode(charge).decode()}
        found = self.table.get(month, _TOTAL)
        if found is None:
            return [("create", row), ("create", {"PartitionKey": month, "RowKey": _TOTAL, "images": 1})]
        total = {"PartitionKey": month, "RowKey": _TOTAL, "images": int(found[0]["images"]) + 1}
        unchanged = {
            "mode": UpdateMode.REPLACE,
            "etag": found[1],
            "match_condition": MatchConditions.IfNotModified,
        }
        return [("create", row), ("update", total, unchanged)]


def _month(at: datetime) -> str:
    return at.strftime("%Y-%m")


def _row(charge: BilledImage) -> str:
    return _CHARGE + escape("|".join(ImageId(charge.registry, charge.digest)))
