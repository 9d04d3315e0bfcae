"""Reading a feed's archive: every record in turn, under limits that a bomb cannot pass.

The entries are inflated here instead of by ``zipfile``, which takes five times as long for many small files; the
central directory is still its work. Format: PKWARE APPNOTE 6.3.
"""

import os
import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from isal import isal_zlib

_Corrupt: type[Exception] = isal_zlib.error  # type: ignore[assignment]  # its stub says an instance

_LOCAL_HEADER = struct.Struct("<4s22xHH")
_LOCAL_SIGNATURE = b"PK\x03\x04"
_ENCRYPTED = 0x1
_RAW_DEFLATE = -15
_FREE_INFLATION = 16 << 20
_MAX_STORED = 64 << 20


class FeedBroken(Exception):
    """A feed's content cannot be used; the one that was read before it stays in force."""


class Limits(NamedTuple):
    """How much a feed may hold: bytes of the archive, records, bytes of one record and of all, and their ratio.

    Up to ``changes`` records are fetched one by one; where more have changed the archive is the shorter way.
    """

    archive_bytes: int = 2 << 30
    records: int = 2_000_000
    record_bytes: int = 32 << 20
    inflated_bytes: int = 16 << 30
    ratio: int = 100
    changes: int = 500


DEFAULT_LIMITS = Limits()


def read_entries(path: Path, limits: Limits) -> Iterator[tuple[str, bytes]]:
    """Yield the name and content of every JSON document in a zip archive.

    Raises FeedBroken if the archive is truncated or corrupt, or passes a limit.
    """
    size = path.stat().st_size
    allowance = min(limits.inflated_bytes, max(_FREE_INFLATION, limits.ratio * size))
    try:
        with path.open("rb") as file, zipfile.ZipFile(file) as archive:
            entries = [entry for entry in archive.infolist() if entry.filename.endswith(".json")]
            if len(entries) > limits.records:
                raise FeedBroken(f"the feed holds {len(entries)} records, more than {limits.records}")
            for entry in entries:
                stored = _stored(file.fileno(), entry, size)
                record = _inflate(stored, entry, min(limits.record_bytes, allowance))
                allowance -= len(record)
                yield entry.filename, record
    except (zipfile.BadZipFile, _Corrupt, struct.error, NotImplementedError, ValueError, OverflowError) as error:
        raise FeedBroken(f"the feed's archive is truncated or corrupt: {error}") from error


def _stored(file: int, entry: zipfile.ZipInfo, size: int) -> bytes:
    if not 0 <= entry.header_offset < size:
        raise FeedBroken(f"{_shown(entry)} lies outside of the archive")
    header = os.pread(file, _LOCAL_HEADER.size, entry.header_offset)
    signature, name_length, extra_length = _LOCAL_HEADER.unpack(header)
    if signature != _LOCAL_SIGNATURE or entry.flag_bits & _ENCRYPTED:
        raise FeedBroken(f"{_shown(entry)} is encrypted, or not where the archive says")
    start = entry.header_offset + _LOCAL_HEADER.size + name_length + extra_length
    return os.pread(file, min(entry.compress_size, _MAX_STORED), start)


def _inflate(stored: bytes, entry: zipfile.ZipInfo, limit: int) -> bytes:
    if entry.compress_type == zipfile.ZIP_DEFLATED:
        record = isal_zlib.decompressobj(_RAW_DEFLATE).decompress(stored, limit + 1)
    elif entry.compress_type == zipfile.ZIP_STORED:
        record = stored
    else:
        raise FeedBroken(f"{_shown(entry)} is compressed in an unknown way")
    if len(record) > limit:
        raise FeedBroken(f"{_shown(entry)} inflates to more than the {limit} bytes that are allowed")
    if isal_zlib.crc32(record) != entry.CRC:
        raise FeedBroken(f"{_shown(entry)} is corrupt: its checksum differs")
    return record


def _shown(entry: zipfile.ZipInfo) -> str:
    return f"{ascii(entry.filename)[:100]} of the feed"
