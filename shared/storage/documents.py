"""JSON documents in a blob container that are named by their content: equal documents are one blob."""

from __future__ import annotations

import gzip
import hashlib
import time
import zlib
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import NamedTuple

import msgspec

from shared.storage.blobs import BlobContainer

_SUFFIX = ".json.gz"
_MOST_KEPT = 64
_FRESH_SECONDS = 3600
_LEVEL = 5  # a report of 50,000 findings shrinks to a twentieth either way; higher levels cost twice the time


class DocumentDamaged(Exception):
    """A stored document does not have the content that its name promises."""


class DocumentMissing(LookupError):
    """A document that an event names is not in storage."""


class _Kept[Document](NamedTuple):
    document: Document
    size: int
    written: float | None  # by the clock of the store; None for one that was only read


@dataclass(frozen=True)
class DocumentStore[Document: msgspec.Struct]:
    """Documents of one type; those that were used last are kept in memory, up to ``keep`` bytes of JSON in all.

    Saving a document that is there already makes it new: whoever deletes old ones leaves what is about to be named.
    """

    container: BlobContainer
    type: type[Document]
    keep: int = 16 << 20  # decoded, a document takes about five times its JSON
    clock: Callable[[], float] = time.monotonic
    _recent: OrderedDict[str, _Kept[Document]] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def save(self, document: Document) -> str:
        """Write a document unless this process did so lately, and return its name, the sha256 of its JSON."""
        encoded = msgspec.json.encode(document)
        name = hashlib.sha256(encoded).hexdigest()
        kept = self._cached(name)
        if kept is None or kept.written is None or self.clock() - kept.written > _FRESH_SECONDS:
            self.container.write(name + _SUFFIX, gzip.compress(encoded, _LEVEL, mtime=0))
            self._remember(name, _Kept(document, len(encoded), self.clock()))
        return name

    def load(self, name: str) -> Document:
        """Return the document of a name; raise DocumentMissing or DocumentDamaged."""
        kept = self._cached(name)
        if kept is None:
            encoded = self.check_packed(name, self._packed(name))
            kept = _Kept(msgspec.json.decode(encoded, type=self.type), len(encoded), None)
            self._remember(name, kept)
        return kept.document

    def names(self) -> Iterator[str]:
        """Yield the names of all documents that are there."""
        for name in self.container.names():
            yield name.removesuffix(_SUFFIX)

    def delete_older(self, name: str, than: datetime) -> bool:
        """Delete a document that was last saved before a time; say whether it is gone."""
        gone = self.container.delete_older(name + _SUFFIX, than)
        if gone:
            with self._lock:
                self._recent.pop(name, None)
        return gone

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
        self.container.write(name + _SUFFIX, packed)

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

    def _cached(self, name: str) -> _Kept[Document] | None:
        with self._lock:
            kept = self._recent.get(name)
            if kept is not None:
                self._recent.move_to_end(name)
            return kept

    def _remember(self, name: str, kept: _Kept[Document]) -> None:
        with self._lock:
            self._recent[name] = kept
            while len(self._recent) > _MOST_KEPT or sum(one.size for one in self._recent.values()) > self.keep:
                self._recent.popitem(last=False)
