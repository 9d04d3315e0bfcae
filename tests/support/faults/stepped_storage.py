"""Storage whose every call goes through a gate, which may refuse it, lose its answer, count it or let others go first.

One call is one request to the service; a query is taken for one, however many pages it has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple, Protocol, cast

import msgspec
from azure.data.tables import TableClient

from shared.storage.blobs import BlobContainer
from shared.storage.queues import MessageQueue
from shared.storage.tables import Row, Stamped, Table


class Call(NamedTuple):
    """One call of storage: ``table``, ``blob`` or ``queue``, its name, and what it does."""

    service: str
    name: str
    verb: str

    @property
    def reads(self) -> bool:
        """Say whether the SDK may repeat the call whatever became of it."""
        return self.verb in ("get", "query", "read", "names")

    def __str__(self) -> str:
        return f"{self.service} {self.name}: {self.verb}"


class Gate(Protocol):
    """Carries a call out, or not."""

    def __call__[T](self, call: Call, commit: Callable[[], T]) -> T: ...


def open_gate[T](call: Call, commit: Callable[[], T]) -> T:
    """Carry every call out."""
    return commit()


@dataclass(frozen=True, kw_only=True)
class SteppedTable(Table):
    """A table behind a gate."""

    inner: Table
    gate: Gate

    @cached_property
    def client(self) -> TableClient:
        return cast(TableClient, _SteppedTransactions(self))

    def get(self, partition: str, row: str) -> tuple[Row, str] | None:
        return self.gate(self._call("get"), lambda: self.inner.get(partition, row))

    def put(self, row: Row, *, etag: str | None) -> None:
        self.gate(self._call("put"), lambda: self.inner.put(row, etag=etag))

    def upsert(self, row: Row) -> None:
        self.gate(self._call("upsert"), lambda: self.inner.upsert(row))

    def query(self, condition: str, parameters: Mapping[str, object], select: list[str] | None = None) -> Iterator[Row]:
        yield from self.gate(self._call("query"), lambda: list(self.inner.query(condition, parameters, select)))

    def stamped(self, since: datetime | None, select: list[str]) -> Iterator[Stamped]:
        yield from self.gate(self._call("query"), lambda: list(self.inner.stamped(since, select)))

    def submit(self, operations: list[tuple[Any, ...]]) -> None:
        """Carry out a transaction with the SDK's own errors."""
        self.gate(self._call("submit"), lambda: self.inner.client.submit_transaction(operations))

    def _call(self, verb: str) -> Call:
        return Call("table", self.name, verb)


@dataclass(frozen=True)
class _SteppedTransactions:
    table: SteppedTable

    def submit_transaction(self, operations: list[tuple[Any, ...]]) -> None:
        self.table.submit(operations)


@dataclass(frozen=True, kw_only=True)
class SteppedBlobs(BlobContainer):
    """A blob container behind a gate."""

    inner: BlobContainer
    gate: Gate

    def read_versioned(self, name: str) -> tuple[bytes, str] | None:
        return self.gate(self._call("read"), lambda: self.inner.read_versioned(name))

    def read_from(self, name: str, offset: int, limit: int) -> bytes:
        return self.gate(self._call("read"), lambda: self.inner.read_from(name, offset, limit))

    def write(self, name: str, content: bytes, *, if_match: str | None = None) -> None:
        self.gate(self._call("write"), lambda: self.inner.write(name, content, if_match=if_match))

    def write_once(self, name: str, content: bytes) -> None:
        self.gate(self._call("write"), lambda: self.inner.write_once(name, content))

    def upload_file(self, name: str, path: Path) -> None:
        self.gate(self._call("write"), lambda: self.inner.upload_file(name, path))

    def download_file(self, name: str, path: Path) -> bool:
        return self.gate(self._call("read"), lambda: self.inner.download_file(name, path))

    def exists(self, name: str) -> bool:
        return self.gate(self._call("read"), lambda: self.inner.exists(name))

    def delete(self, name: str) -> None:
        self.gate(self._call("delete"), lambda: self.inner.delete(name))

    def names(self, prefix: str = "") -> Iterator[str]:
        return iter(self.gate(self._call("names"), lambda: list(self.inner.names(prefix))))

    def _call(self, verb: str) -> Call:
        return Call("blob", self.name, verb)


@dataclass(frozen=True, kw_only=True)
class SteppedQueue(MessageQueue):
    """A queue behind a gate."""

    inner: MessageQueue
    gate: Gate

    def put(self, message: msgspec.Struct, *, delay: int = 0) -> None:
        self.gate(Call("queue", self.name, "put"), lambda: self.inner.put(message, delay=delay))

    def depth(self) -> int:
        return self.gate(Call("queue", self.name, "read"), self.inner.depth)
