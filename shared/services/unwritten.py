"""Stores that read what is there and write nothing: what a scan would store is kept in memory for as long as needed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

import msgspec

from shared.inventory.interface import LayerInventory
from shared.projections.package_sets import Looked, PackageSets
from shared.services.pull_image import LayerCache
from shared.storage.documents import DocumentStore

_MOST_LAYER_BYTES = 64 << 20


@dataclass(frozen=True)
class UnwrittenDocuments[Document: msgspec.Struct](DocumentStore[Document]):
    """Documents of a store, and those that were made here until they are forgotten."""

    made: dict[str, Document] = field(default_factory=dict)

    def save(self, document: Document) -> str:
        """Name a document as the store would, and keep it here."""
        name = hashlib.sha256(msgspec.json.encode(document)).hexdigest()
        self.made[name] = document
        return name

    def load(self, name: str) -> Document:
        """Return a document; raise DocumentMissing or DocumentDamaged."""
        made = self.made.get(name)
        return made if made is not None else super().load(name)


@dataclass(frozen=True)
class UnwrittenPackageSets(PackageSets):
    """A package -> images index that takes nothing in."""

    def save(self, packages: frozenset[Looked]) -> str:
        """Give no name: the set is not stored."""
        return ""


@dataclass(frozen=True)
class UnwrittenLayers(LayerCache):
    """Inventories of layers that are known, and of those that were read last, so that a base is read once."""

    made: dict[str, bytes] = field(default_factory=dict)

    def get(self, digest: str, diff_id: str) -> tuple[LayerInventory, int] | None:
        """Return a layer's inventory and its size, as the cache does."""
        made = self.made.get(digest)
        if made is None:
            return super().get(digest, diff_id)
        found = msgspec.json.decode(made, type=LayerInventory)
        return (found, len(made)) if found.diff_id == diff_id else None

    def put(self, layer: LayerInventory) -> int:
        """Keep a layer's inventory here, and return its size in bytes."""
        encoded = msgspec.json.encode(layer)
        if sum(map(len, tuple(self.made.values()))) + len(encoded) > _MOST_LAYER_BYTES:
            self.made.clear()
        self.made[layer.digest] = encoded
        return len(encoded)
