"""Clients of a storage account."""

import pytest

from shared.storage.account import Endpoints, StorageAccount

KEY = "a2V5" * 8


def test_a_connection_string_gives_clients_of_all_services() -> None:
    account = StorageAccount(
        f"DefaultEndpointsProtocol=https;AccountName=acc;AccountKey={KEY};EndpointSuffix=example.net"
    )
    assert account.blobs.url == "https://acc.blob.example.net/"
    assert account.queues.url == "https://acc.queue.example.net/"
    assert account.tables.url == "https://acc.table.example.net"


def test_endpoints_without_a_credential_are_refused() -> None:
    with pytest.raises(ValueError, match="credential"):
        _ = StorageAccount(endpoints=Endpoints("https://b", "https://q", "https://t")).tables
