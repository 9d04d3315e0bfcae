"""Charges of one month that several writers enter at the same time, each with connections of its own.

Where all digests begin with the same digit, all charges change one total, as those of a month did before it was spread
over shards. A writer that gives up for the others' sake begins the charge again, as its hint would come again.
"""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from uuid import uuid4

from benchmarks.subjects.timed import Outcome, Timed
from shared.projections.billing import BilledImage, BillingTable
from shared.storage.account import StorageAccount, load_sdk
from shared.storage.tables import RowChanged, Table

_AT = datetime(2026, 11, 22, tzinfo=UTC)


def spread(storage: str, charges: str, writers: str) -> Timed:
    """Time the charges of digests as they come."""
    return _entering(storage, [_digest(number) for number in range(int(charges))], int(writers))


def together(storage: str, charges: str, writers: str) -> Timed:
    """Time the charges of digests that all begin alike."""
    return _entering(storage, [f"sha256:0{_digest(number)[8:]}" for number in range(int(charges))], int(writers))


def _entering(storage: str, digests: list[str], writers: int) -> Timed:
    load_sdk()
    name = f"billing{uuid4().hex[:12]}"
    tables = [BillingTable(Table(StorageAccount(connection_string=storage), name)) for _ in range(writers)]
    for billing in tables:
        billing.table.open()
        billing.total("2026-11")  # the connection
    charges = [BilledImage("registry.example", "team/app", digest, _AT, digest) for digest in digests]

    def enter(writer: int) -> int:
        return sum(_until_entered(tables[writer], charge) for charge in charges[writer::writers])

    def timed() -> Outcome:
        with ThreadPoolExecutor(writers) as pool:
            given_up = sum(pool.map(enter, range(writers)))
        return len(charges), {"charges": tables[0].total("2026-11"), "given up": given_up}

    return timed


def _until_entered(billing: BillingTable, charge: BilledImage) -> int:
    given_up = 0
    while True:
        try:
            billing.record(charge)
        except RowChanged:
            given_up += 1
        else:
            return given_up


def _digest(number: int) -> str:
    return f"sha256:{hashlib.sha256(str(number).encode()).hexdigest()}"
