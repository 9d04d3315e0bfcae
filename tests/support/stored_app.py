"""The app in memory with the log over tables, row by row, so that rows can be looked at and tampered with."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

from azure.data.tables import TableClient, TableTransactionError

from shared.domain import stored_names
from shared.eventlog.directory import StreamDirectory
from shared.eventlog.table_log import TableEventLog
from tests.support.memory_app import MemoryApp
from tests.support.memory_storage import MemoryTable


@dataclass(frozen=True)
class _Transactions:
    """The one method of the SDK's client that the log calls itself."""

    table: MemoryTable

    def submit_transaction(self, operations: list[tuple[Any, ...]]) -> None:
        for index, (kind, row, *options) in enumerate(operations):
            found = self.table.get(row["PartitionKey"], row["RowKey"])
            if (found[1] if found else None) != (options[0]["etag"] if kind == "update" else None):
                raise _refusal(index, 409 if kind == "create" else 412)
        self.table.transact(operations)


@dataclass(frozen=True)
class LogTable(MemoryTable):
    """A table in memory that takes the log's transactions."""

    @cached_property
    def client(self) -> TableClient:
        return cast(TableClient, _Transactions(self))


@dataclass(frozen=True)
class StoredApp(MemoryApp):
    """The app of one test, with every row of the log in ``tables``."""

    def _table(self, name: str) -> MemoryTable:
        made = LogTable if name == stored_names.EVENTS_TABLE else MemoryTable
        return self.tables.setdefault(name, made(name=name))

    @cached_property
    def log(self) -> TableEventLog:
        directory = StreamDirectory(self._table(stored_names.STREAMS_TABLE))
        return TableEventLog(self._table(stored_names.EVENTS_TABLE), directory, self.world.clock)

    @property
    def rows(self) -> dict[tuple[str, str], tuple[Any, str]]:
        """The rows of the table ``events``, to be looked at and changed."""
        return cast(dict[tuple[str, str], tuple[Any, str]], self._table(stored_names.EVENTS_TABLE).rows)


def _refusal(index: int, status: int) -> Exception:
    error = TableTransactionError(message=f"{index}:the row was changed")
    error.status_code = status
    return error
