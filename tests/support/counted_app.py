"""The app in memory that counts what it asks of storage: requests as Azure bills them.

A query is one request for each 1,000 rows that it gives, and at least one; an entity group transaction is one, of
several entities. A message costs one to put; the host takes another to get it and a third to delete it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

import msgspec

from shared.domain.messages import Hint, ScanMessage
from shared.storage.tables import Row
from tests.support.memory_storage import MemoryBlobs, MemoryQueue, MemoryTable
from tests.support.stored_app import StoredApp

_PAGE = 1_000


class Asked(NamedTuple):
    """One kind of request: the service, what it went to, what it did, and the partition or an empty text."""

    service: str
    name: str
    does: str
    partition: str = ""


@dataclass
class Counts:
    """How often each request was made, and how many entities went to each partition."""

    requests: Counter[Asked] = field(default_factory=Counter)
    entities: Counter[tuple[str, str]] = field(default_factory=Counter)
    _lock: Lock = field(default_factory=Lock)

    def clear(self) -> None:
        self.requests.clear()
        self.entities.clear()

    def add(self, asked: Asked, requests: int = 1) -> None:
        """Count a request; several threads read reports at once, and replay streams."""
        with self._lock:
            self.requests[asked] += requests

    def table(self, name: str, does: str, partition: str, entities: int = 1, requests: int = 1) -> None:
        self.add(Asked("table", name, does, partition), requests)
        with self._lock:
            self.entities[name, partition] += entities

    def of(self, service: str, does: str | None = None) -> int:
        """Return how many requests went to a service."""
        return sum(n for asked, n in self.requests.items() if asked.service == service and does in (None, asked.does))


@dataclass(frozen=True)
class CountedTable(MemoryTable):
    """A table that counts; reads by key and queries, and writes."""

    counts: Counts = field(default_factory=Counts)

    def get(self, partition: str, row: str) -> tuple[Row, str] | None:
        self.counts.table(self.name, "read", partition)
        return super().get(partition, row)

    def query(self, condition: str, parameters: Mapping[str, object], select: list[str] | None = None) -> Iterator[Row]:
        found = list(super().query(condition, parameters, select))
        partition = str(next(iter(parameters.values()), "")) if "PartitionKey eq" in condition else "*"
        self.counts.table(self.name, "read", partition, max(1, len(found)), max(1, -(-len(found) // _PAGE)))
        yield from found

    def put(self, row: Row, *, etag: str | None) -> None:
        self.counts.table(self.name, "write", row["PartitionKey"])
        super().put(row, etag=etag)

    def upsert(self, row: Row) -> None:
        self.counts.table(self.name, "write", row["PartitionKey"])
        super().upsert(row)

    def remove(self, partition: str, row: str) -> None:
        self.counts.table(self.name, "write", partition)
        super().remove(partition, row)

    def submit(self, operations: list[tuple[Any, ...]]) -> None:
        self.counts.table(self.name, "write", operations[0][1]["PartitionKey"], len(operations))
        super().submit(operations)


@dataclass(frozen=True)
class CountedBlobs(MemoryBlobs):
    """A container that counts."""

    counts: Counts = field(default_factory=Counts)

    def _count(self, does: str) -> None:
        self.counts.add(Asked("blob", self.name, does))

    def read_versioned(self, name: str) -> tuple[bytes, str] | None:
        self._count("read")
        return super().read_versioned(name)

    def write(self, name: str, content: bytes, *, if_match: str | None = None) -> None:
        self._count("write")
        super().write(name, content, if_match=if_match)

    def write_once(self, name: str, content: bytes) -> None:
        self._count("write")
        super().write_once(name, content)

    def exists(self, name: str) -> bool:
        self._count("read")
        return super().exists(name)

    def names(self, prefix: str = "") -> Iterator[str]:
        self._count("write")  # a listing is billed as one
        return super().names(prefix)

    def download_file(self, name: str, path: Path) -> bool:
        self._count("read")
        return super().download_file(name, path)


@dataclass(frozen=True)
class CountedQueue(MemoryQueue):
    """A queue that counts, the host's getting and deleting included."""

    counts: Counts = field(default_factory=Counts)

    def put(self, message: msgspec.Struct, *, delay: int = 0) -> None:
        self.counts.add(Asked("queue", self.name, "message"), 3)
        super().put(message, delay=delay)

    def take_all(self) -> list[msgspec.Struct]:
        """Empty the queue, and return what was put, delayed messages last, as they come."""
        found = [message for message, _ in sorted(self.messages, key=lambda one: one[1])]
        self.messages.clear()
        return found


@dataclass(frozen=True)
class CountedApp(StoredApp):
    """The app of one test, with everything that it asks of storage in ``counts``."""

    counts: Counts = field(default_factory=Counts)

    def _table(self, name: str) -> MemoryTable:
        made = CountedTable(name=name, now=self.world.clock, counts=self.counts)
        return self.tables.setdefault(name, made)

    def _container(self, name: str) -> MemoryBlobs:
        made = CountedBlobs(name=name, now=self.world.clock, counts=self.counts)
        return self.containers.setdefault(name, made)

    def _queue(self, name: str) -> MemoryQueue:
        return self.queues.setdefault(name, CountedQueue(name=name, counts=self.counts))

    def another_worker(self) -> CountedApp:
        """Make the app of another worker, which remembers nothing, over the same storage."""
        return replace(self)

    def work_off(self) -> None:
        """Work off both queues, delayed messages too: they come when everything is done."""
        while messages := [*_taken(self.scans_queue), *_taken(self.projections_queue)]:
            for message in messages:
                if isinstance(message, ScanMessage):
                    self.run_scan(message, last_attempt=True)
                elif isinstance(message, Hint):
                    self.project(message)


def _taken(queue: MemoryQueue) -> list[msgspec.Struct]:
    assert isinstance(queue, CountedQueue)
    return queue.take_all()
