"""Make rpm databases in the three formats, byte for byte where no library of Python writes them."""

import sqlite3
from collections.abc import Iterable, Sequence
from struct import pack
from zlib import adler32

_SHORT, _INTEGER, _STRING, _BINARY, _STRINGS = 3, 4, 6, 7, 8
_REGION = 63
_ALIGNMENTS = {_SHORT: 2, _INTEGER: 4}

type File = tuple[str, int]


def header(
    name: str,
    version: str = "1",
    release: str = "1.el9",
    *,
    epoch: int | None = None,
    source: str = "",
    module: str = "",
    files: Sequence[File] = (),
) -> bytes:
    """Make a header as a database holds it; files are paths with their modes."""
    values: list[tuple[int, int, int, bytes]] = [
        (1000, _STRING, 1, _text(name)),
        (1001, _STRING, 1, _text(version)),
        (1002, _STRING, 1, _text(release)),
        (1022, _STRING, 1, _text("noarch")),
        (1044, _STRING, 1, _text(source or f"{name}-{version}-{release}.src.rpm")),
    ]
    if epoch is not None:
        values.append((1003, _INTEGER, 1, pack(">I", epoch)))
    if module:
        values.append((5096, _STRING, 1, _text(module)))
    return headed(sorted(values + _files(files)))


def headed(values: Iterable[tuple[int, int, int, bytes]]) -> bytes:
    """Make a header of any tags: tag, type, count and value, in order."""
    index, store = b"", b""
    for tag, kind, count, value in values:
        store += bytes(-len(store) % _ALIGNMENTS.get(kind, 1))
        index += pack(">IIII", tag, kind, len(store), count)
        store += value
    size = len(index) + 16
    index = pack(">IIII", _REGION, _BINARY, len(store), 16) + index
    store += pack(">IIiI", _REGION, _BINARY, -size, 16)
    return pack(">II", size // 16, len(store)) + index + store


def sqlite_database(blobs: Iterable[bytes], page_size: int = 4096) -> bytes:
    """Make ``rpmdb.sqlite`` with SQLite itself."""
    file = sqlite3.connect(":memory:", isolation_level=None)
    file.execute(f"PRAGMA page_size = {page_size}")
    file.execute("CREATE TABLE 'Packages' (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL)")
    file.execute("CREATE TABLE IF NOT EXISTS 'Name' (key 'TEXT' NOT NULL, hnum INTEGER NOT NULL)")
    file.executemany("INSERT INTO Packages (blob) VALUES (?)", ((blob,) for blob in blobs))
    content = file.serialize()
    file.close()
    # rpm writes its database in write-ahead mode.
    return content[:18] + b"\2\2" + content[20:]


def ndb_database(blobs: Sequence[bytes], slot_pages: int = 1) -> bytes:
    """Make ``Packages.db``; the slot of a package that was erased stands before the others."""
    slots = [pack("<4sIII", b"Slot", 0, 0, 0)]
    stored = b""
    for number, blob in enumerate(blobs, start=1):
        start = slot_pages * 256 + len(stored) // 16
        body = pack("<4sIII", b"BlbS", number, 0, len(blob)) + blob
        body += bytes(-(len(body) + 12) % 16)
        stored += body + pack("<II4s", adler32(body), len(blob), b"BlbE")
        slots.append(pack("<4sIII", b"Slot", number, start, (len(body) + 12) // 16))
    slots += [pack("<4sIII", b"Slot", 0, 0, 0)] * (slot_pages * 256 - 2 - len(slots))
    return pack("<4sIII16x", b"RpmP", 0, 1, slot_pages) + b"".join(slots) + stored


def bdb_database(blobs: Sequence[bytes], page_size: int = 4096, order: str = "<") -> bytes:
    """Make ``Packages``: one bucket whose pages are chained, short values on them, long ones on overflow pages."""
    pages = _BdbPages(page_size, order)
    pages.add(pack("4x"), pack(f"{order}I", len(blobs)))
    for number, blob in enumerate(blobs, start=1):
        pages.add(pack(f"{order}I", number), blob)
    return pages.content()


class _BdbPages:
    """The pages of a hash table with a single bucket."""

    def __init__(self, size: int, order: str) -> None:
        self._size = size
        self._order = order
        self._pages: list[bytes] = []
        self._tables: list[tuple[int, list[bytes]]] = []
        self._begin()

    def add(self, key: bytes, value: bytes) -> None:
        """Put a key and its value on the last page of the bucket, or on a new one."""
        items = [b"\1" + key, b"\1" + value if len(value) < self._size // 4 else self._overflow(value)]
        if sum(map(len, self._tables[-1][1] + items)) + 2 * len(self._tables[-1][1]) + 40 > self._size:
            self._begin()
        self._tables[-1][1].extend(items)

    def content(self) -> bytes:
        """Give the file."""
        for (number, items), following in zip(self._tables, [*self._tables[1:], (0, [])], strict=True):
            self._pages[number - 1] = self._table(number, items, following[0])
        last = len(self._pages)
        meta = pack(f"{self._order}8xIIIIBBBxII", 0, 0x061561, 9, self._size, 0, 8, 0, 0, last)
        meta = meta.ljust(72, b"\0") + pack(f"{self._order}III", 0, 0, 0)
        meta = meta.ljust(96, b"\0") + pack(f"{self._order}32I", *[1] * 32)
        return meta.ljust(self._size, b"\0") + b"".join(self._pages)

    def _begin(self) -> None:
        self._pages.append(b"")
        self._tables.append((len(self._pages), []))

    def _overflow(self, value: bytes) -> bytes:
        room = self._size - 26
        parts = [value[start : start + room] for start in range(0, len(value), room)]
        first = len(self._pages) + 1
        for number, part in enumerate(parts, start=first):
            following = number + 1 if number < first + len(parts) - 1 else 0
            self._pages.append((self._head(number, following, 1, len(part), 7) + part).ljust(self._size, b"\0"))
        return pack(f"{self._order}BxxxII", 3, first, len(value))

    def _table(self, number: int, items: list[bytes], following: int) -> bytes:
        starts, end = [], self._size
        for item in items:
            end -= len(item)
            starts.append(end)
        head = self._head(number, following, len(items), end, 13) + pack(f"{self._order}{len(starts)}H", *starts)
        return head.ljust(end, b"\0") + b"".join(reversed(items))

    def _head(self, number: int, following: int, count: int, free: int, kind: int) -> bytes:
        return pack(f"{self._order}8xIIIHHBB", number, 0, following, count, free, 0, kind)


def _files(files: Sequence[File]) -> list[tuple[int, int, int, bytes]]:
    if not files:
        return []
    folders = sorted({path.rpartition("/")[0] + "/" for path, _mode in files})
    indexes = [folders.index(path.rpartition("/")[0] + "/") for path, _mode in files]
    count = len(files)
    return [
        (1030, _SHORT, count, pack(f">{count}H", *(mode for _path, mode in files))),
        (1116, _INTEGER, count, pack(f">{count}I", *indexes)),
        (1117, _STRINGS, count, b"".join(_text(path.rpartition("/")[2]) for path, _mode in files)),
        (1118, _STRINGS, len(folders), b"".join(map(_text, folders))),
    ]


def _text(value: str) -> bytes:
    return value.encode() + b"\0"
