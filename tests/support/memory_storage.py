"""Tables, blob containers and queues in memory, with the behaviour of the real ones that the product relies on."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from itertools import count
from pathlib import Path
from threading import RLock
from typing import Any, cast

import msgspec
from azure.core.exceptions import HttpResponseError
from azure.data.tables import TableClient, TableTransactionError

from shared.storage.account import StorageAccount
from shared.storage.blobs import BlobChanged, BlobContainer
from shared.storage.queues import MessageQueue, Waiting
from shared.storage.tables import Row, RowChanged, Stamped, Table
from tests.support.examples import START

NO_ACCOUNT = StorageAccount()
_CONDITION = re.compile(r"(\w+) (eq|ge|gt|le|lt) (@\w+|true|false)")
_ONE_PARTITION = re.compile(r"PartitionKey eq @(\w+)\b")
_MAX_PROPERTY = 64 << 10
_MAX_ROW = 1 << 20
_OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "ge": operator.ge,
    "gt": operator.gt,
    "le": operator.le,
    "lt": operator.lt,
}


@dataclass(frozen=True)
class MemoryTable(Table):
    """Rows in a dictionary; every write gives a new ETag. ``before_write`` lets somebody else write first.

    Like the service it carries out one request at a time: threads may share a table.
    """

    account: StorageAccount = NO_ACCOUNT
    name: str = "memory"
    rows: dict[tuple[str, str], tuple[Row, str]] = field(default_factory=dict)
    before_write: list[Callable[[], None]] = field(default_factory=list)
    now: Callable[[], datetime] = lambda: START
    written: dict[tuple[str, str], datetime] = field(default_factory=dict)
    _etags: Iterator[int] = field(default_factory=count)
    _lock: RLock = field(default_factory=RLock)

    def open(self) -> None:
        """There is nothing to make."""

    def get(self, partition: str, row: str) -> tuple[Row, str] | None:
        with self._lock:
            return self.rows.get((partition, row))

    def put(self, row: Row, *, etag: str | None) -> None:
        self._interrupt()
        with self._lock:
            self._check(_key(row), etag)
            self._write(row)

    def upsert(self, row: Row) -> None:
        self._interrupt()
        with self._lock:
            self._write(row)

    def remove(self, partition: str, row: str) -> None:
        self._interrupt()
        with self._lock:
            self.rows.pop((partition, row), None)

    def query(self, condition: str, parameters: Mapping[str, object], select: list[str] | None = None) -> Iterator[Row]:
        holds = _compile(condition, parameters)
        with self._lock:
            keys: Iterable[tuple[str, str]] = self.rows
            if found := _ONE_PARTITION.match(condition):
                wanted = parameters[found[1]]
                keys = [key for key in self.rows if key[0] == wanted]
            rows = sorted((key, row) for key in keys if holds(row := self.rows[key][0]))
        for _, row in rows:
            yield {name: row[name] for name in select if name in row} if select else row

    def stamped(self, since: datetime | None, select: list[str]) -> Iterator[Stamped]:
        with self._lock:
            found = [(*self.rows[key], self.written.get(key, self.now())) for key in sorted(self.rows)]
        for row, etag, written in found:
            if since is None or written >= since:
                yield Stamped({name: row[name] for name in select if name in row}, etag, written)

    def delete(self) -> None:
        self.rows.clear()

    @cached_property
    def client(self) -> TableClient:
        return cast(TableClient, _Transactions(self))

    def submit(self, operations: list[tuple[Any, ...]]) -> None:
        """Carry out a transaction, or raise the SDK's error for the first operation that the service would refuse."""
        self._interrupt()
        if len({_key(row) for _, row, *_ in operations}) < len(operations):
            raise _refusal(0, 400, "InvalidDuplicateRow")
        with self._lock:
            self._refuse(operations)
            for _, row, *_ in operations:
                self._write(row)

    def _refuse(self, operations: list[tuple[Any, ...]]) -> None:
        for index, (kind, row, *options) in enumerate(operations):
            etag = options[0].get("etag") if options else None
            found = self.rows.get(_key(row))
            if kind == "create" and found is not None:
                raise _refusal(index, 409, "EntityAlreadyExists")
            if kind == "update" and found is None:
                raise _refusal(index, 404, "ResourceNotFound")
            if etag is not None and found is not None and found[1] != etag:
                raise _refusal(index, 412, "UpdateConditionNotSatisfied")

    def _interrupt(self) -> None:
        if self.before_write:
            self.before_write.pop(0)()

    def _check(self, key: tuple[str, str], etag: str | None) -> None:
        found = self.rows.get(key)
        if (found[1] if found else None) != etag:
            raise RowChanged(f"row {key} was changed")

    def _write(self, row: Row) -> None:
        sizes = [_stored_size(value) for value in row.values()]
        if max(sizes) > _MAX_PROPERTY or sum(sizes) > _MAX_ROW:
            raise ValueError(f"the service would refuse row {_key(row)}: {sum(sizes)} bytes")
        self.rows[_key(row)] = (dict(row), f"etag-{next(self._etags)}")
        self.written[_key(row)] = self.now()


@dataclass(frozen=True)
class _Transactions:
    """The one call of the SDK's client that the product makes itself."""

    table: MemoryTable

    def submit_transaction(self, operations: list[tuple[Any, ...]]) -> None:
        self.table.submit(operations)


@dataclass(frozen=True)
class MemoryBlobs(BlobContainer):
    """Blobs in a dictionary, with the times of their writing by a clock that stands still unless one is given."""

    account: StorageAccount = NO_ACCOUNT
    name: str = "memory"
    blobs: dict[str, bytes] = field(default_factory=dict)
    now: Callable[[], datetime] = lambda: datetime.min.replace(tzinfo=UTC)
    written: dict[str, datetime] = field(default_factory=dict)
    _lock: RLock = field(default_factory=RLock)

    def read_versioned(self, name: str) -> tuple[bytes, str] | None:
        content = self.blobs.get(name)
        return None if content is None else (content, str(hash(content)))

    def read_from(self, name: str, offset: int, limit: int) -> bytes:
        return self.blobs[name][offset : offset + limit]

    def write(self, name: str, content: bytes, *, if_match: str | None = None) -> None:
        with self._lock:
            found = self.read_versioned(name)
            if if_match is not None and (found[1] if found else "") != if_match:
                raise BlobChanged(f"blob {name} was changed")
            self.blobs[name] = content
            self.written[name] = self.now()

    def write_once(self, name: str, content: bytes) -> None:
        self.blobs.setdefault(name, content)

    def upload_file(self, name: str, path: Path) -> None:
        self.write_once(name, path.read_bytes())

    def download_file(self, name: str, path: Path) -> bool:
        if name in self.blobs:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(self.blobs[name])
        return name in self.blobs

    def exists(self, name: str) -> bool:
        return name in self.blobs

    def delete(self, name: str) -> None:
        self.blobs.pop(name, None)

    def delete_older(self, name: str, than: datetime) -> bool:
        if self.written.get(name, than) > than:
            return False
        self.delete(name)
        return True

    def names(self, prefix: str = "") -> Iterator[str]:
        return iter(sorted(name for name in list(self.blobs) if name.startswith(prefix)))


@dataclass(frozen=True)
class MemoryQueue(MessageQueue):
    """Messages in the order they were put, with their delays in seconds."""

    account: StorageAccount = NO_ACCOUNT
    name: str = "memory"
    messages: list[tuple[msgspec.Struct, int]] = field(default_factory=list)

    def put(self, message: msgspec.Struct, *, delay: int = 0) -> None:
        msgspec.json.encode(message)
        self.messages.append((message, delay))

    def peek(self) -> list[Waiting]:
        visible = [message for message, delay in self.messages if delay == 0]
        return [Waiting(msgspec.json.encode(message), START) for message in visible[: self.MOST_PEEKED]]

    def depth(self) -> int:
        return len(self.messages)

    def take(self) -> list[msgspec.Struct]:
        """Empty the queue, and return what is visible by now."""
        visible = [message for message, delay in self.messages if delay == 0]
        self.messages.clear()
        return visible


def _refusal(index: int, status: int, code: str) -> HttpResponseError:
    error = TableTransactionError(message=f"{index}:{code}")
    error.status_code = status
    return error


def _key(row: Row) -> tuple[str, str]:
    return row["PartitionKey"], row["RowKey"]


def _stored_size(value: object) -> int:
    if isinstance(value, str):
        return len(value.encode("utf-16-le"))
    return len(value) if isinstance(value, bytes) else 8


def _compile(condition: str, parameters: Mapping[str, object]) -> Callable[[Row], bool]:
    """Read a condition of comparisons joined by ``and``, the part of OData that the product uses."""
    tests = []
    for part in condition.split(" and "):
        found = _CONDITION.fullmatch(part)
        if found is None:
            raise ValueError(f"not an OData condition of the known kind: {part}")
        name, compare, value = found.groups()
        wanted = parameters[value[1:]] if value.startswith("@") else value == "true"
        tests.append((name, _OPERATORS[compare], wanted))
    return lambda row: all(name in row and compare(row[name], wanted) for name, compare, wanted in tests)
