"""JSON documents in a blob container that are named by their content: equal documents are one blob."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock
from typing import NamedTuple

import msgspec

from shared.storage.blobs import BlobContainer

_SUFFIX = ".json.gz"
_MOST_KEPT = 64
_LEVEL = 5  # a report of 50,000 findings shrinks to a twentieth either way; higher levels cost twice the time


class DocumentDamaged(Exception):
    """A stored document does not have the content that its name promises."""


class DocumentMissing(LookupError):
    """A document that an event names is not in storage."""


class _Kept[Document](NamedTuple):
    document: Document
    size: int


@dataclass(frozen=True)
class DocumentStore[Document: msgspec.Struct]:
    """Documents of one type; those that were used last are kept in memory, up to ``keep`` bytes of JSON in all."""

    container: BlobContainer
    type: type[Document]
    keep: int = 16 << 20  # decoded, a document takes about five times its JSON
    _recent: OrderedDict[str, _Kept[Document]] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def save(self, document: Document) -> str:
        """Write a document unless it is there already, and return its name, the sha256 of its JSON."""
        encoded = msgspec.json.encode(document)
        name = hashlib.sha256(encoded).hexdigest()
        if self._cached(name) is None:
            self.container.write_once(name + _SUFFIX, gzip.compress(encoded, _LEVEL, mtime=0))
            self._remember(name, document, len(encoded))
        return name

    def load(self, name: str) -> Document:
        """Return the document of a name; raise DocumentMissing or DocumentDamaged."""
        found = self._cached(name)
        if found is None:
            encoded = self.check_packed(name, self._packed(name))
            found = msgspec.json.decode(encoded, type=self.type)
            self._remember(name, found, len(encoded))
        return found

    def check(self, name: str) -> None:
        """Read a document from storage and hold it against its name; raise DocumentMissing or DocumentDamaged."""
        self.check_packed(name, self._packed(name))

    def read_packed(self, name: str) -> bytes:
        """Return a document as it is stored, compressed; raise DocumentMissing or DocumentDamaged."""
        packed = self._packed(name)
        self.check_packed(name, packed)
        return packed

    def write_packed(self, name: str, packed: bytes) -> None:
        """Write a document that was read elsewhere; raise DocumentDamaged."""
        self.check_packed(name, packed)
        self.container.write_once(name + _SUFFIX, packed)

    def check_packed(self, name: str, packed: bytes) -> bytes:
        """Return the JSON of a compressed document; raise DocumentDamaged where it is not that of its name."""
        try:
            encoded = gzip.decompress(packed)
        except (OSError, EOFError, zlib.error) as error:
            raise DocumentDamaged(f"{self.container.name}/{name} cannot be read: {error}") from error
        if hashlib.sha256(encoded).hexdigest() != name:
            raise DocumentDamaged(f"{self.container.name}/{name} has other content than its name says")
        return encoded

    def _packed(self, name: str) -> bytes:
        packed = self.container.read(name + _SUFFIX)
        if packed is None:
            raise DocumentMissing(f"{self.container.name}/{name} is named by an event and is not in storage")
        return packed

    def _cached(self, name: str) -> Document | None:
        with self._lock:
            kept = self._recent.get(name)
            if kept is None:
                return None
            self._recent.move_to_end(name)
            return kept.document

    def _remember(self, name: str, document: Document, size: int) -> None:
        with self._lock:
            self._recent[name] = _Kept(document, size)
            while len(self._recent) > _MOST_KEPT or sum(kept.size for kept in self._recent.values()) > self.keep:
                self._recent.popitem(last=False)
