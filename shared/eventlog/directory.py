"""The stream directory: the names of all streams, written before a stream's first event.

Table Storage can list partitions only by scanning; the directory is what sweeps, rebuilds and lists walk.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from shared.eventlog import keys
from shared.eventlog.interface import StreamName
from shared.storage.tables import Table

SHARDS = 16  # one partition takes about 2,000 rows a second; new images of a large tenant are spread


@dataclass(frozen=True)
class StreamDirectory:
    """Names in the table ``streams``, in shards by kind and hash."""

    table: Table

    def add(self, name: StreamName) -> None:
        """Enter a stream; doing so again changes nothing."""
        self.table.upsert({"PartitionKey": _shard(name), "RowKey": keys.escape(str(name))})

    def holds(self, name: StreamName) -> bool:
        """Say whether a stream is entered."""
        return self.table.get(_shard(name), keys.escape(str(name))) is not None

    def names(self, kind: str) -> Iterator[StreamName]:
        """Yield every stream of a kind, shard by shard."""
        found = self.table.query(
            "PartitionKey ge @first and PartitionKey lt @last",
            {"first": f"{kind}-", "last": f"{kind}."},  # '.' follows '-'
            select=["RowKey"],
        )
        for row in found:
            yield StreamName.parse(keys.unescape(row["RowKey"]))


def _shard(name: StreamName) -> str:
    number = hashlib.sha256(str(name).encode()).digest()[0] % SHARDS
    return f"{name.kind}-{number:02d}"
