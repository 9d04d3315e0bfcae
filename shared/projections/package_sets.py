"""The package -> images index: what images are looked up by in the advisories, each set of it once.

A package leads to the sets that hold it, and a set to the images whose row names it. Images are many and sets are few:
every build of an application has the packages of the one before, in other versions. One row for each package of each
image would cost hundreds of writes a scan; this costs one at the first scan of a set, and a refresh reads a page of
1,000 sets, or of 1,000 images, with one transaction: at 1,000,000 images in 20,000 sets, 20 and 1,000 of them.

A set is written before the event that names it and never changes, so that no failure can part the two.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field

import msgspec

from shared.projections.packed import MOST_PARTS, pack, unpack
from shared.storage.tables import Table

type Looked = tuple[str, str]

_COLUMNS = ["RowKey", *(f"packages_{number}" for number in range(MOST_PARTS))]
_MOST_KNOWN = 10_000


@dataclass(frozen=True)
class PackageSets:
    """Sets by their content, in the table ``packagesets``: 16 partitions by the first digit of the name."""

    table: Table
    _known: dict[str, None] = field(default_factory=dict)

    def save(self, packages: frozenset[Looked]) -> str:
        """Store a set unless it is there, and return its name; none (empty) for one that is too big to be kept."""
        members = sorted(packages)
        encoded = msgspec.json.encode(members)
        columns = pack("packages", members)
        if len(columns) >= MOST_PARTS - 1:
            return ""
        name = hashlib.sha256(encoded).hexdigest()
        if name not in self._known:
            self.table.upsert({"PartitionKey": name[0], "RowKey": name, **columns})
            self._remember(name)
        return name

    def all(self) -> Iterator[tuple[str, tuple[Looked, ...]]]:
        """Yield the name and the members of every set."""
        for row in self.table.query("PartitionKey ge @first", {"first": "0"}, select=_COLUMNS):
            yield row["RowKey"], unpack("packages", row, tuple[Looked, ...])

    def get(self, name: str) -> tuple[Looked, ...]:
        """Return the members of a set; none of one that is not there."""
        found = self.table.get(name[0], name) if name else None
        return unpack("packages", found[0], tuple[Looked, ...]) if found else ()

    def _remember(self, name: str) -> None:
        if len(self._known) >= _MOST_KNOWN:
            self._known.clear()
        self._known[name] = None
