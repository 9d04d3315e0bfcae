"""Clients of the storage accounts that an app names, with retries that suit one machine."""

import logging
from typing import Any

from azure.core.exceptions import AzureError, ResourceExistsError
from azure.storage.blob.aio import BlobServiceClient, ContainerClient
from azure.storage.queue.aio import QueueClient, QueueServiceClient

from local.host.errors import HostRefused
from local.host.functions import Queue

_log = logging.getLogger("local.host.storage")

# The SDK's own first retry waits 15 seconds.
_RETRIES: dict[str, Any] = {"initial_backoff": 0.5, "increment_base": 2, "retry_total": 3}
_ONE_TRY: dict[str, Any] = {"retry_total": 0, "connection_timeout": 5, "read_timeout": 10}

# The container in which the Functions host keeps its state.
_STATE_CONTAINER = "azure-webjobs-hosts"


class Storage:
    """Hands out one client for each queue and account; ``close`` closes them all."""

    def __init__(self) -> None:
        self._queue_accounts: dict[str, QueueServiceClient] = {}
        self._blob_accounts: dict[str, BlobServiceClient] = {}
        self._queues: dict[Queue, QueueClient] = {}

    async def check_queues(self, connection: str) -> None:
        """Raise ``HostRefused`` if the queue service of an account does not answer."""
        account = self._queue_account(connection)
        try:
            await account.get_service_properties(**_ONE_TRY)
        except AzureError as error:
            raise _unreachable(account.url, error) from error

    async def state_container(self, connection: str) -> ContainerClient:
        """Return the container for the host's state, which is created; raises ``HostRefused``."""
        if connection not in self._blob_accounts:
            self._blob_accounts[connection] = _from_connection_string(BlobServiceClient, connection)
        container = self._blob_accounts[connection].get_container_client(_STATE_CONTAINER)
        try:
            await container.create_container(**_ONE_TRY)
        except ResourceExistsError:
            _log.debug("%s is there already", _STATE_CONTAINER)
        except AzureError as error:
            raise _unreachable(self._blob_accounts[connection].url, error) from error
        return container

    def queue(self, queue: Queue) -> QueueClient:
        """Return the client of a queue, which need not exist; texts are sent and received as they are."""
        if queue not in self._queues:
            self._queues[queue] = self._queue_account(queue.connection).get_queue_client(queue.name)
        return self._queues[queue]

    async def close(self) -> None:
        """Close all connections."""
        for queues in self._queue_accounts.values():
            await queues.close()
        for blobs in self._blob_accounts.values():
            await blobs.close()

    def _queue_account(self, connection: str) -> QueueServiceClient:
        if connection not in self._queue_accounts:
            self._queue_accounts[connection] = _from_connection_string(QueueServiceClient, connection)
        return self._queue_accounts[connection]


def _from_connection_string[Client: (QueueServiceClient, BlobServiceClient)](
    kind: type[Client], connection: str
) -> Client:
    try:
        return kind.from_connection_string(connection, **_RETRIES)
    except ValueError as error:
        # The string holds a key: it is not repeated.
        raise HostRefused(f"a storage connection string is not valid: {error}") from error


def _unreachable(url: str, error: AzureError) -> HostRefused:
    reason = " ".join(str(error).split())
    return HostRefused(f"storage is not reachable at {url}: start Azurite or correct AzureWebJobsStorage ({reason})")
