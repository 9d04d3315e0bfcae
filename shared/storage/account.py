"""One Azure storage account: makes the clients of its services from a connection string or an identity."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential
    from azure.core.pipeline.transport import HttpTransport
    from azure.data.tables import TableServiceClient
    from azure.storage.blob import BlobServiceClient
    from azure.storage.queue import QueueServiceClient

# The SDK's own defaults (300 s timeouts, first retry after 15 s) outlive a function's lease.
_TIMEOUTS: dict[str, Any] = {"connection_timeout": 10, "read_timeout": 30}
_BLOB_RETRIES: dict[str, Any] = {"retry_total": 3, "initial_backoff": 0.5, "increment_base": 2}
_TABLE_RETRIES: dict[str, Any] = {"retry_total": 3, "retry_backoff_factor": 0.2}

# The Python SDK does not know this short form; its account and key are the emulator's public ones.
# https://learn.microsoft.com/azure/storage/common/storage-connect-azurite
_SHORT_FORM = "UseDevelopmentStorage=true"
_DEVELOPMENT = (
    "DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;"
    "AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==;"
    "BlobEndpoint=http://127.0.0.1:10000/devstoreaccount1;QueueEndpoint=http://127.0.0.1:10001/devstoreaccount1;"
    "TableEndpoint=http://127.0.0.1:10002/devstoreaccount1;"
)


def load_sdk() -> None:
    """Import what the services need, in one thread: first imports from several threads at once can deadlock.

    Python then raises ``_DeadlockError`` in one of them (seen with azure.core); a worker's first calls do come at once.
    """
    import azure.data.tables
    import azure.storage.blob
    import azure.storage.queue  # noqa: F401 - what counts is that it is loaded


@dataclass(frozen=True)
class Endpoints:
    """The service addresses of an account that is reached by identity, each ``https://…``."""

    blob: str
    queue: str
    table: str


@dataclass(frozen=True)
class StorageAccount:
    """Clients of an account; heavy SDK modules are imported when a service is first used.

    Give either ``connection_string`` or ``endpoints`` with ``credential``. ``transport`` carries the requests of all
    clients; None is the SDK's own.
    """

    connection_string: str = ""
    endpoints: Endpoints | None = None
    credential: TokenCredential | None = None
    transport: HttpTransport[Any, Any] | None = None

    @property
    def _connection(self) -> str:
        short = self.connection_string.strip().rstrip(";").lower() == _SHORT_FORM.lower()
        return _DEVELOPMENT if short else self.connection_string

    @property
    def _options(self) -> dict[str, Any]:
        return {**_TIMEOUTS, "transport": self.transport} if self.transport else _TIMEOUTS

    @cached_property
    def blobs(self) -> BlobServiceClient:
        """The blob service."""
        from azure.storage.blob import BlobServiceClient

        options = {**self._options, **_BLOB_RETRIES, "max_block_size": 8 << 20, "max_single_put_size": 8 << 20}
        if self.endpoints:
            return BlobServiceClient(self.endpoints.blob, credential=self.credential, **options)
        return BlobServiceClient.from_connection_string(self._connection, **options)

    @cached_property
    def queues(self) -> QueueServiceClient:
        """The queue service."""
        from azure.storage.queue import QueueServiceClient

        options = {**self._options, **_BLOB_RETRIES}
        if self.endpoints:
            return QueueServiceClient(self.endpoints.queue, credential=self.credential, **options)
        return QueueServiceClient.from_connection_string(self._connection, **options)

    @cached_property
    def tables(self) -> TableServiceClient:
        """The table service."""
        from azure.data.tables import TableServiceClient

        options = {**self._options, **_TABLE_RETRIES}
        if self.endpoints:
            if self.credential is None:
                raise ValueError("storage endpoints need a credential")
            return TableServiceClient(self.endpoints.table, credential=self.credential, **options)
        return TableServiceClient.from_connection_string(self._connection, **options)
