"""Whose fault an error of the real storage is: of the moment, or of what was to be stored."""

from collections.abc import Callable

import pytest
from azure.core.exceptions import AzureError

from shared.eventlog.failures import is_transient
from shared.storage.account import StorageAccount
from shared.storage.tables import Row, Table
from tests.support.azurite import Azurite
from tests.support.ports import refusing_host

_TOO_LONG = "y" * 40_000  # two bytes each; a property holds 64 KiB


def _row(key: str = "a", **columns: object) -> Row:
    return {"PartitionKey": "p", "RowKey": key, **columns}


def _one_row(table: Table) -> None:
    table.upsert(_row(x=_TOO_LONG))


def _one_of_a_transaction(table: Table) -> None:
    table.transact([("upsert", _row("a")), ("upsert", _row("b", x=_TOO_LONG))])


def _more_than_a_request_holds(table: Table) -> None:
    table.transact([("upsert", _row(str(key), x="y" * 30_000, z="y" * 30_000)) for key in range(99)])


@pytest.mark.parametrize("write", [_one_row, _one_of_a_transaction, _more_than_a_request_holds])
def test_what_is_too_large_is_refused_however_often_it_is_tried(
    azurite: Azurite, write: Callable[[Table], None]
) -> None:
    table = Table(StorageAccount(azurite.fresh_account()), "rows")
    with pytest.raises(AzureError) as raised:
        write(table)
    assert not is_transient(raised.value)


def test_storage_that_does_not_answer_may_do_so_another_time(azurite: Azurite) -> None:
    with refusing_host() as silent:
        connection = azurite.connection_string.replace(azurite.table_endpoint, f"http://{silent}/devstoreaccount1")
        with pytest.raises(AzureError) as raised:
            Table(StorageAccount(connection), "rows").upsert(_row(x="y"))
    assert is_transient(raised.value)
