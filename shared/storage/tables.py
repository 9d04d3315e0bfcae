"""A table as the product uses it, with the errors of the service typed by what the caller should do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from shared.storage.account import StorageAccount

if TYPE_CHECKING:
    from azure.data.tables import TableClient

type Row = Mapping[str, Any]


class RowChanged(Exception):
    """A row was written by somebody else since it was read; read it again and decide anew."""


class Stamped(NamedTuple):
    """A row with its ETag, and when it was written by the clock of the service."""

    row: Row
    etag: str
    written: datetime


@dataclass(frozen=True)
class Table:
    """One table; it is created at its first use."""

    account: StorageAccount
    name: str

    @cached_property
    def client(self) -> TableClient:
        """The SDK's client, for transactions."""
        self.account.tables.create_table_if_not_exists(self.name)
        return self.account.tables.get_table_client(self.name)

    def open(self) -> None:
        """Make sure that the table is there; the first use of it does the same."""
        _ = self.client

    def get(self, partition: str, row: str) -> tuple[Row, str] | None:
        """Return a row and its ETag, or None where there is no such row."""
        from azure.core.exceptions import ResourceNotFoundError

        try:
            entity = self.client.get_entity(partition, row)
        except ResourceNotFoundError:
            return None
        return entity, str(entity.metadata["etag"])

    def put(self, row: Row, *, etag: str | None) -> None:
        """Insert a row (``etag`` None) or replace the version with that ETag; else raise RowChanged."""
        from azure.core import MatchConditions
        from azure.core.exceptions import ResourceExistsError, ResourceModifiedError, ResourceNotFoundError
        from azure.data.tables import UpdateMode

        try:
            if etag is None:
                self.client.create_entity(row)
            else:
                self.client.update_entity(
                    row, mode=UpdateMode.REPLACE, etag=etag, match_condition=MatchConditions.IfNotModified
                )
        except (ResourceExistsError, ResourceModifiedError, ResourceNotFoundError) as error:
            raise RowChanged(f"row {row['PartitionKey']}/{row['RowKey']} of {self.name} was changed") from error

    def upsert(self, row: Row) -> None:
        """Write a row, replacing any."""
        from azure.data.tables import UpdateMode

        self.client.upsert_entity(row, mode=UpdateMode.REPLACE)

    def remove(self, partition: str, row: str) -> None:
        """Delete a row; one that is gone already is fine."""
        self.client.delete_entity(partition, row)

    def query(self, condition: str, parameters: Mapping[str, object], select: list[str] | None = None) -> Iterator[Row]:
        """Yield the rows that meet an OData condition, in key order; all pages are followed, empty ones too."""
        yield from self.client.query_entities(condition, parameters=dict(parameters), select=select)

    def stamped(self, since: datetime | None, select: list[str]) -> Iterator[Stamped]:
        """Yield the rows that were written at a time or after it, or all rows, in key order.

        The service has no index of times: it looks at every row, but sends only these.
        """
        condition, parameters = ("Timestamp ge @since", {"since": since}) if since else ("PartitionKey ge ''", {})
        for row in self.client.query_entities(condition, parameters=parameters, select=[*select, "Timestamp"]):
            written = row.metadata["timestamp"]
            assert written is not None  # it was selected
            yield Stamped(row, str(row.metadata["etag"]), written)

    def delete(self) -> None:
        """Delete the table with all its rows; one that is gone already is fine."""
        self.account.tables.delete_table(self.name)

    def transact(self, operations: list[tuple[Any, ...]]) -> None:
        """Carry out one entity group transaction, or raise RowChanged where a row was not as expected."""
        from azure.data.tables import TableTransactionError

        try:
            self.client.submit_transaction(operations)
        except TableTransactionError as error:
            if error.status_code in (404, 409, 412):
                raise RowChanged(f"a row of {self.name} was changed: {error.message}") from error
            raise
