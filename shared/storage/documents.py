"""JSON documents in a blob container that are named by their content: equal documents are one blob."""

from __future__ import annotations

import gzip
import hashlib
from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock

import msgspec

from shared.storage.blobs import BlobContainer

_SUFFIX = ".json.gz"
_LEVEL = 5  # a report of 50,000 findings shrinks to a twentieth either way; higher levels cost twice the time


class DocumentDamaged(Exception):
    """A stored document does not have the content that its name promises."""


class DocumentMissing(LookupError):
    """A document that an event names is not in storage."""


@dataclass(frozen=True)
class DocumentStore[Document: msgspec.Struct]:
    """Documents of one type; the last few that were read are kept in memory."""

    container: BlobContainer
    type: type[Document]
    keep: int = 32
    _recent: OrderedDict[str, Document] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def save(self, document: Document) -> str:
        """Write a document unless it is there already, and return its name, the sha256 of its JSON."""
        encoded = msgspec.json.encode(document)
        name = hashlib.sha256(encoded).hexdigest()
        if self._cached(name) is None:
            self.container.write_once(name + _SUFFIX, gzip.compress(encoded, _LEVEL, mtime=0))
            self._remember(name, document)
        return name

    def load(self, name: str) -> Document:
        """Return the document of a name; raise DocumentMissing or DocumentDamaged."""
        found = self._cached(name)
        if found is None:
            found = msgspec.json.decode(self._read(name), type=self.type)
            self._remember(name, found)
        return found

    def _read(self, name: str) -> bytes:
        packed = self.container.read(name + _SUFFIX)
        if packed is None:
            raise DocumentMissing(f"{self.container.name}/{name} is named by an event and is not in storage")
        try:
            encoded = gzip.decompress(packed)
        except (OSError, EOFError) as error:
            raise DocumentDamaged(f"{self.container.name}/{name} cannot be read: {error}") from error
        if hashlib.sha256(encoded).hexdigest() != name:
            raise DocumentDamaged(f"{self.container.name}/{name} has other content than its name says")
        return encoded

    def _cached(self, name: str) -> Document | None:
        with self._lock:
            if name in self._recent:
                self._recent.move_to_end(name)
            return self._recent.get(name)

    def _remember(self, name: str, document: Document) -> None:
        with self._lock:
            self._recent[name] = document
            if len(self._recent) > self.keep:
                self._recent.popitem(last=False)
