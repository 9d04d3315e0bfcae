"""Charges of images whose digests are spread as real ones are, and what version 0.1 made of charges."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import msgspec

from shared.eventlog.keys import escape
from shared.projections.billing import BilledImage
from shared.storage.tables import Table
from tests.support.examples import REGISTRY, at


def spread_digest(number: int) -> str:
    """Return a digest that begins as by chance; equal numbers give equal ones."""
    return f"sha256:{hashlib.sha256(str(number).encode()).hexdigest()}"


def spread(number: int, minute: float = 0, registry: str = REGISTRY) -> BilledImage:
    """Return a charge."""
    return BilledImage(registry, "app", spread_digest(number), at(minute), f"event-{number}")


def enter_undivided(table: Table, charges: Sequence[BilledImage]) -> None:
    """Enter charges of one month as version 0.1 did: in the partition of the month, which has one total."""
    if not charges:
        return
    [month] = {one.month for one in charges}
    found = table.get(month, "total")
    for one in charges:
        row = "charge|" + escape(f"{one.registry}|{one.digest}")
        table.upsert({"PartitionKey": month, "RowKey": row, "charge": msgspec.json.encode(one).decode()})
    images = (int(found[0]["images"]) if found else 0) + len(charges)
    table.upsert({"PartitionKey": month, "RowKey": "total", "images": images})
