"""A blob container in memory, so that a measurement holds the scanner and not the storage emulator."""

from dataclasses import dataclass, field

from shared.storage.account import StorageAccount
from shared.storage.blobs import BlobContainer


@dataclass(frozen=True)
class MemoryContainer(BlobContainer):
    """The part of a container that the cache of layers uses."""

    account: StorageAccount = field(default_factory=StorageAccount)
    name: str = "memory"
    blobs: dict[str, bytes] = field(default_factory=dict)

    def read(self, name: str) -> bytes | None:
        """Return a blob's content, or None."""
        return self.blobs.get(name)

    def write_once(self, name: str, content: bytes) -> None:
        """Keep a blob unless it is there."""
        self.blobs.setdefault(name, content)
