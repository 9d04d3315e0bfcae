"""What the product relies on of tables, blobs and queues: the same tests for those in memory and for Azurite's."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from azure.core import MatchConditions
from azure.core.exceptions import HttpResponseError
from azure.data.tables import TableTransactionError, UpdateMode

from shared.domain.messages import Hint
from shared.storage.account import StorageAccount
from shared.storage.blobs import BlobChanged, BlobContainer
from shared.storage.queues import MessageQueue
from shared.storage.tables import RowChanged, Table
from tests.support.azurite import Azurite
from tests.support.faults.timed_queue import TimedQueue
from tests.support.memory_app import Clock
from tests.support.memory_storage import NO_ACCOUNT, MemoryBlobs, MemoryTable


class Storage(NamedTuple):
    table: Table
    blobs: BlobContainer
    queue: MessageQueue


@pytest.fixture(params=["memory", "azurite"])
def storage(request: pytest.FixtureRequest) -> Storage:
    if request.param == "memory":
        return Storage(MemoryTable(), MemoryBlobs(), TimedQueue(NO_ACCOUNT, "hints", now=Clock()))
    azurite: Azurite = request.getfixturevalue("azurite")
    account = StorageAccount(azurite.fresh_account())
    return Storage(Table(account, "rows"), BlobContainer(account, "blobs"), MessageQueue(account, "hints"))


def row(key: str = "a", **columns: Any) -> dict[str, Any]:
    return {"PartitionKey": "p", "RowKey": key, **columns}


def keys(table: Table) -> list[str]:
    return [one["RowKey"] for one in table.query("PartitionKey eq @p", {"p": "p"})]


def under(etag: str) -> dict[str, Any]:
    return {"mode": UpdateMode.REPLACE, "etag": etag, "match_condition": MatchConditions.IfNotModified}


def etag_of(table: Table, key: str = "a") -> str:
    found = table.get("p", key)
    assert found is not None
    return found[1]


def test_a_row_comes_back_as_it_was_written(storage: Storage) -> None:
    written = row(text="ä'b", number=7, truth=True, raw=b"\x00\x01")
    storage.table.put(written, etag=None)
    found = storage.table.get("p", "a")
    assert found is not None
    assert {name: found[0][name] for name in written} == written
    assert storage.table.get("p", "b") is None


def test_rows_are_given_with_their_etags_and_times_all_or_those_since_a_time(storage: Storage) -> None:
    for key in ("b", "a"):
        storage.table.put(row(key, n=1, more="x"), etag=None)
    stamped = list(storage.table.stamped(None, ["PartitionKey", "RowKey", "n"]))
    assert [dict(one.row) for one in stamped] == [row("a", n=1), row("b", n=1)]
    assert [one.etag for one in stamped] == [etag_of(storage.table, key) for key in ("a", "b")]
    earliest, latest = (choose(one.written for one in stamped) for choose in (min, max))
    assert len(list(storage.table.stamped(earliest, ["RowKey"]))) == 2
    assert list(storage.table.stamped(latest + timedelta(days=1), ["RowKey"])) == []


def test_a_row_that_is_there_is_not_inserted(storage: Storage) -> None:
    storage.table.put(row(n=1), etag=None)
    with pytest.raises(RowChanged):
        storage.table.put(row(n=2), etag=None)
    found = storage.table.get("p", "a")
    assert found is not None
    assert found[0]["n"] == 1


def test_every_write_gives_a_new_etag_and_the_old_one_is_refused(storage: Storage) -> None:
    storage.table.put(row(n=1), etag=None)
    old = etag_of(storage.table)
    storage.table.put(row(n=2), etag=old)
    assert etag_of(storage.table) != old
    with pytest.raises(RowChanged):
        storage.table.put(row(n=3), etag=old)


def test_a_row_that_is_not_there_is_not_replaced(storage: Storage) -> None:
    storage.table.put(row("b"), etag=None)
    with pytest.raises(RowChanged):
        storage.table.put(row("a"), etag=etag_of(storage.table, "b"))


def test_a_write_replaces_the_whole_row(storage: Storage) -> None:
    storage.table.upsert(row(n=1, other=2))
    storage.table.upsert(row(n=3))
    found = storage.table.get("p", "a")
    assert found is not None
    assert (found[0]["n"], "other" in found[0]) == (3, False)


def test_rows_come_in_the_order_of_their_keys_and_only_with_the_chosen_columns(storage: Storage) -> None:
    for key in ("b", "_", "~", "A", "1", "a"):
        storage.table.put(row(key, n=1, m=2), etag=None)
    storage.table.put({"PartitionKey": "q", "RowKey": "a"}, etag=None)
    assert keys(storage.table) == ["1", "A", "_", "a", "b", "~"]
    condition = "PartitionKey eq @p and RowKey ge @first and RowKey lt @last"
    found = list(storage.table.query(condition, {"p": "p", "first": "A", "last": "b"}, select=["RowKey", "n"]))
    assert [dict(one) for one in found] == [{"RowKey": key, "n": 1} for key in ("A", "_", "a")]


def test_a_transaction_is_carried_out_whole(storage: Storage) -> None:
    storage.table.put(row("a", n=1), etag=None)
    storage.table.transact([("create", row("b")), ("update", row("a", n=2), under(etag_of(storage.table)))])
    assert keys(storage.table) == ["a", "b"]


@pytest.mark.parametrize(
    ("operation", "status"),
    [
        (("create", row("a")), 409),
        (("update", row("a"), under("W/\"datetime'2026-01-01T00%3A00%3A00.0000000Z'\"")), 412),
        (("update", row("gone"), under("W/\"datetime'2026-01-01T00%3A00%3A00.0000000Z'\"")), 404),
    ],
)
def test_a_transaction_that_is_refused_names_the_operation_and_changes_nothing(
    storage: Storage, operation: tuple[Any, ...], status: int
) -> None:
    storage.table.put(row("a", n=1), etag=None)
    before = etag_of(storage.table)
    with pytest.raises(TableTransactionError) as raised:
        storage.table.client.submit_transaction([("create", row("b")), operation, ("create", row("c"))])
    assert (raised.value.index, raised.value.status_code) == (1, status)
    assert (keys(storage.table), etag_of(storage.table)) == (["a"], before)
    with pytest.raises(RowChanged):
        storage.table.transact([("create", row("b")), operation])


def test_a_row_may_be_in_a_transaction_once(storage: Storage) -> None:
    with pytest.raises(HttpResponseError) as raised:
        storage.table.client.submit_transaction([("create", row("a")), ("upsert", row("a"))])
    assert raised.value.status_code == 400
    assert keys(storage.table) == []


def test_a_blob_is_written_only_over_the_version_that_was_read(storage: Storage) -> None:
    assert storage.blobs.read_versioned("one") is None
    storage.blobs.write("one", b"1", if_match="")
    found = storage.blobs.read_versioned("one")
    assert found is not None
    storage.blobs.write("one", b"2", if_match=found[1])
    for stale in (found[1], ""):
        with pytest.raises(BlobChanged):
            storage.blobs.write("one", b"3", if_match=stale)
    assert storage.blobs.read("one") == b"2"


def test_a_blob_that_is_named_by_its_content_is_written_once(storage: Storage) -> None:
    storage.blobs.write_once("one", b"first")
    storage.blobs.write_once("one", b"other")
    assert storage.blobs.read("one") == b"first"


def test_a_part_of_a_blob_is_read_up_to_its_end(storage: Storage) -> None:
    storage.blobs.write("one", b"abcdef")
    assert [storage.blobs.read_from("one", offset, 4) for offset in (0, 4, 6)] == [b"abcd", b"ef", b""]


def test_blobs_are_listed_in_order_and_deleted_once_or_twice(storage: Storage) -> None:
    for name in ("b/2", "a", "b/1"):
        storage.blobs.write(name, b"x")
    storage.blobs.delete("a")
    storage.blobs.delete("a")
    assert (storage.blobs.exists("a"), storage.blobs.exists("b/1")) == (False, True)
    assert (list(storage.blobs.names()), list(storage.blobs.names("b/"))) == (["b/1", "b/2"], ["b/1", "b/2"])


def test_hidden_messages_count_as_waiting(storage: Storage) -> None:
    storage.queue.put(Hint("image|r|d"))
    storage.queue.put(Hint("image|r|d"), delay=60)
    assert storage.queue.depth() == 2
