"""The stream directory: the names of all streams, written before a stream's first event.

Table Storage can list partitions only by scanning; the directory is what sweeps, rebuilds and lists walk.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from shared.domain.messages import PARTITIONS
from shared.eventlog import keys
from shared.eventlog.interface import StreamName
from shared.storage.tables import Table

SHARDS = PARTITIONS


@dataclass(frozen=True)
class StreamDirectory:
    """Names in the table ``streams``, in shards by kind and hash: one partition takes about 2,000 rows a second."""

    table: Table

    def add(self, name: StreamName) -> None:
        """Enter a stream; doing so again changes nothing."""
        self.table.upsert({"PartitionKey": _partition(name.kind, shard_of(name)), "RowKey": keys.escape(str(name))})

    def holds(self, name: StreamName) -> bool:
        """Say whether a stream is entered."""
        return self.table.get(_partition(name.kind, shard_of(name)), keys.escape(str(name))) is not None

    def names(self, kind: str, *, after: StreamName | None = None, shard: int | None = None) -> Iterator[StreamName]:
        """Yield every stream of a kind, shard by shard, or those behind a name; of one shard, where it is given."""
        if shard is not None:
            key = keys.escape(str(after)) if after else ""
            wanted = {"shard": _partition(kind, shard), "key": key}
            yield from self._query("PartitionKey eq @shard and RowKey gt @key", wanted)
            return
        first, end = f"{kind}-", f"{kind}."  # '.' follows '-'
        if after is None:
            yield from self._query("PartitionKey ge @first and PartitionKey lt @end", {"first": first, "end": end})
            return
        place = _partition(kind, shard_of(after))
        yield from self.names(kind, after=after, shard=shard_of(after))
        yield from self._query("PartitionKey gt @shard and PartitionKey lt @end", {"shard": place, "end": end})

    def _query(self, condition: str, parameters: Mapping[str, object]) -> Iterator[StreamName]:
        for row in self.table.query(condition, parameters, select=["RowKey"]):
            yield StreamName.parse(keys.unescape(row["RowKey"]))


def shard_of(name: StreamName) -> int:
    """Return the shard that a stream is entered in."""
    return hashlib.sha256(str(name).encode()).digest()[0] % SHARDS


def _partition(kind: str, shard: int) -> str:
    return f"{kind}-{shard:02d}"
