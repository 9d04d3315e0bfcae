"""Header blobs of ``rpmdb.sqlite``: table ``Packages (hnum INTEGER PRIMARY KEY, blob BLOB)``, read page by page.

No SQL engine touches the file, so nothing that it defines is ever run. Format: https://www.sqlite.org/fileformat2.html.
"""

from collections.abc import Iterator
from struct import Struct, unpack_from
from typing import NamedTuple

from shared.inventory.readers.rpm.failures import BadDatabase, Budget

MAGIC = b"SQLite format 3\0"
_FILE_HEADER = 100
_SCHEMA = 1
_UTF_8 = 1
_INTERIOR, _LEAF = 5, 13
_BLOB = 12
_WIDTHS = (0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0)
_PAGE = Struct(">BxxH")
_PAGE_NUMBER = Struct(">I")
_LONGEST_VARINT = 9


class _Column(NamedTuple):
    """A value of a record: its serial type ("Record Format") and its bytes."""

    type: int
    value: bytes


def header_blobs(content: bytes) -> Iterator[bytes]:
    """Yield the blob of every row of the table ``Packages``, or raise BadDatabase, maybe after some."""
    file = _File(content)
    for row in file.rows(_root_of_packages(file)):
        _number, blob = _columns(row, 2)
        if blob.type < _BLOB or blob.type % 2:
            raise BadDatabase("a row of the table Packages holds no blob")
        yield blob.value


def _root_of_packages(file: "_File") -> int:
    for row in file.rows(_SCHEMA):
        kind, name, _table, root = _columns(row, 4)
        if (kind.value, name.value) == (b"table", b"Packages"):
            return int.from_bytes(root.value)
    raise BadDatabase("it has no table Packages")


class _File:
    """The pages of a database; every page of a table is visited once, all payloads together are no larger than it."""

    def __init__(self, content: bytes) -> None:
        if len(content) < _FILE_HEADER or not content.startswith(MAGIC):
            raise BadDatabase("it is no SQLite database")
        size = int.from_bytes(content[16:18])
        self._size = 65536 if size == 1 else size
        self._usable = self._size - content[20]
        if self._size < 512 or self._size & (self._size - 1) or self._usable < 480:
            raise BadDatabase(f"it has pages of {self._size} bytes")
        if int.from_bytes(content[56:60]) != _UTF_8:
            raise BadDatabase("its texts are not in UTF-8")
        self._content = content

    def rows(self, root: int) -> Iterator[bytes]:
        """Yield the record of every row of the table whose tree starts at page ``root``, in order."""
        budget = Budget(len(self._content))
        pending, visited = [root], set[int]()
        while pending:
            number = pending.pop()
            if number in visited:
                raise BadDatabase(f"page {number} stands twice in a tree")
            visited.add(number)
            page = self._page(number)
            start = _FILE_HEADER if number == _SCHEMA else 0
            kind, count = _PAGE.unpack_from(page, start)
            if kind == _INTERIOR:
                pending.append(_page_number(page, start + 8))
                pending += [_page_number(page, cell) for cell in reversed(_cells(page, start + 12, count))]
                if len(pending) + len(visited) > len(self._content) // self._size:
                    raise BadDatabase("a tree has more pages than the file")
            elif kind == _LEAF:
                yield from (self._payload(page, cell, budget) for cell in _cells(page, start + 8, count))
            else:
                raise BadDatabase(f"page {number} belongs to no table")

    def _page(self, number: int) -> bytes:
        page = self._content[(number - 1) * self._size : number * self._size] if number > 0 else b""
        if len(page) < self._size:
            raise BadDatabase(f"page {number} is missing")
        return page[: self._usable]

    def _payload(self, page: bytes, cell: int, budget: Budget) -> bytes:
        """Return the payload of a cell of a leaf, with its overflow pages ("B-tree Cell Format")."""
        size, at = _varint(page, cell)
        _row, at = _varint(page, at)
        budget.take(size)
        local = self._local(size)
        if at + local + (4 if local < size else 0) > self._usable:
            raise BadDatabase("a cell reaches beyond its page")
        if local == size:
            return page[at : at + size]
        parts = [page[at : at + local]]
        left, following = size - local, _page_number(page, at + local)
        while left > 0:
            page = self._page(following)
            following = _page_number(page, 0)
            parts.append(page[4 : 4 + left])
            left -= self._usable - 4
        return b"".join(parts)

    def _local(self, size: int) -> int:
        most = self._usable - 35
        if size <= most:
            return size
        least = (self._usable - 12) * 32 // 255 - 23
        local = least + (size - least) % (self._usable - 4)
        return local if local <= most else least


def _cells(page: bytes, start: int, count: int) -> tuple[int, ...]:
    if start + 2 * count > len(page):
        raise BadDatabase("a page has more cells than room")
    return unpack_from(f">{count}H", page, start)


def _page_number(page: bytes, at: int) -> int:
    if at + 4 > len(page):
        raise BadDatabase("a cell reaches beyond its page")
    return int(_PAGE_NUMBER.unpack_from(page, at)[0])


def _varint(page: bytes, at: int) -> tuple[int, int]:
    """Return a number of one to nine bytes, and where it ends."""
    value = 0
    for place, byte in enumerate(page[at : at + _LONGEST_VARINT], start=1):
        if place == _LONGEST_VARINT:
            return value << 8 | byte, at + place
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, at + place
    raise BadDatabase("a number is cut off")


def _columns(record: bytes, count: int) -> list[_Column]:
    """Return the first columns of a record."""
    size, at = _varint(record, 0)
    start, columns = size, []
    for _ in range(count):
        if at >= size:
            raise BadDatabase("a record has too few columns")
        kind, at = _varint(record, at)
        end = start + (_WIDTHS[kind] if kind < _BLOB else (kind - _BLOB) // 2)
        if end > len(record):
            raise BadDatabase("a record is cut off")
        columns.append(_Column(kind, record[start:end]))
        start = end
    return columns
