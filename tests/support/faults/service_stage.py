"""A stage over a real storage account, whose requests the SDK sends through a transport that fails."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from shared.storage.account import StorageAccount
from shared.storage.blobs import BlobContainer
from shared.storage.tables import Table
from tests.support.faults.stage import Stage
from tests.support.faults.transport import Breakage, FaultyTransport


@dataclass
class ServiceStage(Stage):
    """Tables and blobs of an account; queues are those of the test, whose clock says when a message is delivered."""

    connection_string: str = ""
    breakage: Breakage = field(default_factory=lambda: Breakage(Random(), 0))

    def __post_init__(self) -> None:
        self.account = StorageAccount(self.connection_string, transport=FaultyTransport(self.breakage))
        self._tables: dict[str, Table] = {}
        self._containers: dict[str, BlobContainer] = {}

    def table(self, name: str) -> Table:
        """Return a table of the account."""
        return self._tables.setdefault(name, Table(self.account, name))

    def container(self, name: str) -> BlobContainer:
        """Return a blob container of the account."""
        return self._containers.setdefault(name, BlobContainer(self.account, name))

    def heal(self) -> None:
        """Let every request through."""
        self.breakage.share = 0
