"""Which manifest each tag names: a table of owners, one row a tag."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import msgspec

from shared.eventlog.keys import escape, unescape
from shared.storage.tables import Table


class TagOwner(msgspec.Struct, frozen=True, rename="camel"):
    """The manifest that a tag names since a time, and the images that it stands for."""

    digest: str
    images: tuple[str, ...]
    since: datetime


@dataclass(frozen=True)
class TagTable:
    """Owners by registry, repository and tag."""

    table: Table

    def get(self, registry: str, repository: str, tag: str) -> tuple[TagOwner | None, str | None]:
        """Return a tag's owner and the row's ETag; both None for a tag nobody has claimed."""
        found = self.table.get(_partition(registry, repository), escape(tag))
        if found is None:
            return None, None
        row, etag = found
        return msgspec.json.decode(row["owner"], type=TagOwner), etag

    def of(self, registry: str, repository: str) -> Mapping[str, TagOwner]:
        """Return the owners of all tags of a repository."""
        rows = self.table.query("PartitionKey eq @partition", {"partition": _partition(registry, repository)})
        return {unescape(row["RowKey"]): msgspec.json.decode(row["owner"], type=TagOwner) for row in rows}

    def put(self, registry: str, repository: str, tag: str, owner: TagOwner, etag: str | None) -> None:
        """Write the owner of a tag, or raise RowChanged where somebody else did since it was read."""
        row = {
            "PartitionKey": _partition(registry, repository),
            "RowKey": escape(tag),
            "owner": msgspec.json.encode(owner).decode(),
        }
        self.table.put(row, etag=etag)


def _partition(registry: str, repository: str) -> str:
    return escape(f"{registry}|{repository}")
