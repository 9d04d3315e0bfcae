"""Records of PAX extended headers: POSIX.1-2017, "pax Extended Header"; sparse files: GNU tar manual, "Storing Sparse
Files".
"""

from collections.abc import Iterator

import msgspec

_LONGEST_LENGTH = 10
_LONGEST_SIZE = 19


class PaxError(ValueError):
    """An extended header that does not follow the format."""


class PaxRecords(msgspec.Struct, frozen=True, gc=False):
    """What an extended header says of the member that follows; an empty path or target says nothing."""

    path: bytes = b""
    target: bytes = b""
    size: int | None = None
    sparse: bool = False


NO_RECORDS = PaxRecords()


def parse_pax(body: bytes) -> PaxRecords:
    """Return what the body of an extended header says, the last record of a keyword counts; or raise PaxError."""
    path = target = sparse_name = b""
    size, sparse = None, False
    for keyword, value in _records(body):
        if keyword == b"path":
            path = _name(value)
        elif keyword == b"linkpath":
            target = _name(value)
        elif keyword == b"size":
            size = _size(value)
        elif keyword.startswith(b"GNU.sparse."):
            sparse = True
            sparse_name = _name(value) if keyword == b"GNU.sparse.name" else sparse_name
    return PaxRecords(sparse_name or path, target, size, sparse)


def _records(body: bytes) -> Iterator[tuple[bytes, bytes]]:
    start = 0
    while start < len(body):
        space = body.find(b" ", start, start + _LONGEST_LENGTH + 1)
        digits = body[start:space] if space > start else b""
        if not digits.isdigit():
            raise PaxError("an extended tar header has a record without a length")
        end = start + int(digits)
        keyword, equals, value = body[space + 1 : end - 1].partition(b"=")
        if end <= space + 1 or end > len(body) or body[end - 1 : end] != b"\n" or not equals or not keyword:
            raise PaxError("an extended tar header has a malformed record")
        yield keyword, value
        start = end


def _name(value: bytes) -> bytes:
    if b"\0" in value:
        raise PaxError("an extended tar header has a NUL in a path")
    return value


def _size(value: bytes) -> int:
    if value.isdigit() and len(value) <= _LONGEST_SIZE:
        return int(value)
    raise PaxError(f"an extended tar header has the size {value[:30]!a}")
