"""The diagnostic log of pulls, written where Azure's diagnostic settings would write it: append blobs, one an hour."""

from datetime import UTC, datetime

import msgspec
from azure.core import MatchConditions
from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError
from azure.storage.blob import BlobClient, BlobServiceClient

from local.pull_records import CONTAINER, PullRecord, log_blob_name
from local.registry_resource import RegistryResource

_ENCODER = msgspec.json.Encoder()


class PullLog:
    """The log of one registry in a storage account."""

    def __init__(self, connection_string: str, registry: RegistryResource) -> None:
        # No retries here: the registry sends a notification again when its record could not be written.
        service = BlobServiceClient.from_connection_string(
            connection_string, retry_total=0, connection_timeout=5, read_timeout=20
        )
        self._container = service.get_container_client(CONTAINER)
        self._registry = registry

    def append(self, record: PullRecord) -> None:
        """Add a record as one JSON line. Raises azure.core's AzureError if the storage does not take it."""
        blob = self._container.get_blob_client(log_blob_name(self._registry, datetime.now(UTC)))
        line = _ENCODER.encode(record) + b"\n"
        try:
            blob.append_block(line)
        except ResourceNotFoundError:
            self._create(blob)
            blob.append_block(line)

    def _create(self, blob: BlobClient) -> None:
        if not self._container.exists():
            self._container.create_container()
        try:
            blob.create_append_blob(match_condition=MatchConditions.IfMissing)
        except ResourceExistsError:
            return
