"""Header blobs of ``Packages``, a Berkeley DB hash table: pages of keys and values, long values on pages of their own.

Format: ``dbinc/db_page.h`` of Berkeley DB 5.3; what of it rpm uses: ``lib/backend/bdb_ro.c`` of rpm.
"""

from collections.abc import Iterator
from struct import pack, unpack_from

from shared.inventory.readers.rpm.failures import BadDatabase, Budget

_MAGIC = 0x061561
_MAGIC_AT = 12
_META_SIZE = 512
_VERSIONS = range(8, 11)
_PAGE_SIZES = frozenset(1 << power for power in range(9, 17))
_PAGE_HEADER = 26
_HASH_PAGES = (2, 13)
_OVERFLOW_PAGE = 7
_ON_PAGE, _OFF_PAGE = 1, 3


def header_blobs(content: bytes) -> Iterator[bytes]:
    """Yield the value of every key but the first, which counts packages; or raise BadDatabase, maybe after some."""
    file = _File(content)
    for number in range(1, file.pages):
        yield from file.values(number)


def _order_of(content: bytes) -> str | None:
    found = content[_MAGIC_AT : _MAGIC_AT + 4]
    return next((order for order in "<>" if found == pack(f"{order}I", _MAGIC)), None)


class _File:
    """The pages of a hash table."""

    def __init__(self, content: bytes) -> None:
        order = _order_of(content)
        if order is None or len(content) < _META_SIZE:
            raise BadDatabase("it is no Berkeley DB hash table")
        self._order = order
        self._content = content
        self._budget = Budget(len(content))
        version, self._size = unpack_from(f"{order}II", content, 16)
        if version not in _VERSIONS or self._size not in _PAGE_SIZES:
            raise BadDatabase(f"it is a hash table of version {version} with pages of {self._size} bytes")
        if content[24]:
            raise BadDatabase("it is encrypted")
        self.pages = unpack_from(f"{order}I", content, 32)[0] + 1
        if self.pages * self._size > len(content):
            raise BadDatabase("it is cut off")

    def values(self, number: int) -> Iterator[bytes]:
        """Yield the header blobs of one page, if it is one of the table."""
        page = self._page(number)
        if page[25] not in _HASH_PAGES:
            return
        (count,) = unpack_from(f"{self._order}H", page, 20)
        if _PAGE_HEADER + 2 * count > self._size or count % 2:
            raise BadDatabase(f"page {number} has {count} entries")
        entries = self._entries(page, unpack_from(f"{self._order}{count}H", page, _PAGE_HEADER))
        for key in entries:
            value = next(entries)
            if key[1:].strip(b"\0"):
                yield self._value(value)

    def _entries(self, page: bytes, starts: tuple[int, ...]) -> Iterator[bytes]:
        # They fill the page from its end: each one ends where the one before it starts.
        end = self._size
        for start in starts:
            if not _PAGE_HEADER <= start < end:
                raise BadDatabase("the entries of a page overlap")
            yield page[start:end]
            end = start

    def _value(self, entry: bytes) -> bytes:
        kind = entry[0] if entry else 0
        if kind == _ON_PAGE:
            return entry[1:]
        if kind != _OFF_PAGE or len(entry) != 12:
            raise BadDatabase(f"a value is of type {kind}")
        number, size = unpack_from(f"{self._order}II", entry, 4)
        self._budget.take(size)
        parts = []
        while size > 0:
            page = self._page(number)
            number, length = unpack_from(f"{self._order}I2xH", page, 16)
            if page[25] != _OVERFLOW_PAGE or length != min(size, self._size - _PAGE_HEADER):
                raise BadDatabase("a value is cut off")
            parts.append(page[_PAGE_HEADER : _PAGE_HEADER + length])
            size -= length
        return b"".join(parts)

    def _page(self, number: int) -> bytes:
        page = self._content[number * self._size : (number + 1) * self._size]
        if len(page) < self._size:
            raise BadDatabase(f"page {number} is missing")
        return page
