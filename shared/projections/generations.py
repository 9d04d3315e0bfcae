"""Generations: numbered sets of tables beside each other, each of them the fold of the same log.

What is in a generation is what can be made from the events (and the reports that they name) at any time: the images and
the bill. Not in it are: the owners of tags, by which pushes decide who loses a tag; package sets, which are written
before the event that names them; how far pull logs were read; dead letters.

Whoever writes reads the pointer anew for each stream: a rebuild reads a stream after its generation has been announced,
and a hint that is followed without knowing of it was sent for an event that is there by then. So nothing falls between
the two, however long a worker pauses. Whoever only reads may be behind the pointer by ``POINTER_SECONDS``.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec

from shared.domain.stored_names import BILLING_TABLES, IMAGES_TABLES
from shared.projections.billing import BillingTable
from shared.projections.image_rows import ImageTable
from shared.projections.pointer import Pointer
from shared.storage.tables import Row, RowChanged, Table

if TYPE_CHECKING:
    from azure.data.tables import TableClient

POINTER_SECONDS = 3.0
_KEY = "pointer"
_ATTEMPTS = 8


@dataclass(frozen=True)
class Generation:
    """One set of tables. Only changes of the live one may be told to the outside: a replay is no news."""

    number: int
    images: ImageTable
    billing: BillingTable
    notifies: bool

    def open(self) -> None:
        """Make sure that the tables are there."""
        for table in (self.images.table, self.billing.table):
            table.open()

    def drop(self) -> None:
        """Delete the tables; those that are gone already are no error."""
        for table in (self.images.table, self.billing.table):
            table.delete()


@dataclass
class Generations:
    """All generations, by the pointer in the table ``projections``."""

    table: Table
    open_table: Callable[[str], Table]
    clock: Callable[[], float] = time.monotonic
    _tables: dict[int, tuple[ImageTable, BillingTable]] = field(default_factory=dict)
    _read: tuple[Pointer, float] | None = None

    def pointer(self) -> Pointer:
        """Read the pointer anew."""
        return self._found()[0]

    def fed(self) -> tuple[Generation, ...]:
        """Return every generation that must be brought up to date, the live one first, by the pointer of now."""
        pointer = self.pointer()
        return tuple(self._generation(number, pointer) for number in pointer.fed)

    def live(self) -> Generation:
        """Return the generation that answers questions, by a pointer that may be a few seconds old."""
        read = self._read
        if read is None or self.clock() - read[1] >= POINTER_SECONDS:
            at = self.clock()
            read = self._read = self.pointer(), at
        return self._generation(read[0].live, read[0])

    def number(self, number: int) -> Generation:
        """Return a generation by its number, whether it is in use or not."""
        return self._generation(number, self.pointer())

    def change(self, step: Callable[[Pointer], Pointer]) -> Pointer:
        """Take the pointer a step further and return it; raise what the step raises, or RowChanged after many tries.

        A step that was refused may have been taken all the same: the SDK sends a write again whose answer was lost.
        """
        wanted: Pointer | None = None
        for _ in range(_ATTEMPTS):
            pointer, etag = self._found()
            changed = pointer if pointer == wanted else step(pointer)
            if changed != pointer and not self._put(changed, etag):
                wanted = changed
                continue
            self._read = None
            return changed
        raise RowChanged("the pointer to the generations changes too often: try again")

    def _put(self, pointer: Pointer, etag: str | None) -> bool:
        row = {"PartitionKey": _KEY, "RowKey": _KEY, "pointer": msgspec.json.encode(pointer).decode()}
        try:
            self.table.put(row, etag=etag)
        except RowChanged:
            return False
        return True

    def _found(self) -> tuple[Pointer, str | None]:
        found = self.table.get(_KEY, _KEY)
        if found is None:
            return Pointer(), None
        return msgspec.json.decode(found[0]["pointer"], type=Pointer), found[1]

    def _generation(self, number: int, pointer: Pointer) -> Generation:
        # Opened once: the first use of a table asks the service whether it exists.
        if number not in self._tables:
            images = ImageTable(self.open_table(f"{IMAGES_TABLES}{number}"))
            self._tables[number] = images, BillingTable(self.open_table(f"{BILLING_TABLES}{number}"))
        images, billing = self._tables[number]
        return Generation(number, images, billing, notifies=number == pointer.live)


@dataclass(frozen=True)
class LiveTable(Table):
    """A table of whichever generation is live: for those who read. A query that has begun stays in its generation."""

    choose: Callable[[], Table] = field(kw_only=True)

    @property
    def client(self) -> TableClient:
        """The SDK's client of the live table."""
        return self.choose().client

    def get(self, partition: str, row: str) -> tuple[Row, str] | None:
        """Return a row of the live generation and its ETag, or None."""
        return self.choose().get(partition, row)

    def query(self, condition: str, parameters: Mapping[str, object], select: list[str] | None = None) -> Iterator[Row]:
        """Yield the rows of the live generation that meet a condition."""
        return self.choose().query(condition, parameters, select)
