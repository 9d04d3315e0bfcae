"""Members of a zip archive that lies in memory, by its central directory: APPNOTE.TXT 6.3.10 of PKWARE.

An archive is read as a Java runtime reads it: from the end, whatever stands before it, and without its local headers
having a say. Only the members that are asked for cost memory, whatever the directory claims.
"""

from collections.abc import Iterator
from struct import Struct
from typing import NamedTuple, cast

from isal import isal_zlib

# The type stub of isal declares an instance in place of the class.
_IsalError = cast("type[Exception]", isal_zlib.IsalError)

_STORED, _DEFLATED = 0, 8
_ENCRYPTED = 0x1
_COUNT_IN_ZIP64, _IN_ZIP64 = 0xFFFF, 0xFFFFFFFF
_LONGEST_COMMENT = 0xFFFF
# Count of members, size and place of the directory.
_END, _END_MARK = Struct("<10xHLLH"), b"PK\x05\x06"
_END64, _END64_MARK = Struct("<40xQQ"), b"PK\x06\x06"
_LOCATOR_SIZE, _LOCATOR_MARK = 20, b"PK\x06\x07"
# Mark, flags, method, packed size, size, lengths of name, extra field and comment, place.
_ENTRY, _ENTRY_MARK = Struct("<4s4xHH8xLLHHH8xL"), b"PK\x01\x02"
# Mark, lengths of name and extra field.
_LOCAL, _LOCAL_MARK = Struct("<4s22xHH"), b"PK\x03\x04"


class ZipError(ValueError):
    """An archive, or a member of one, that does not follow the format."""


class ZipMember(NamedTuple):
    """A member as the directory describes it; ``start`` is the place of its local header."""

    name: bytes
    encrypted: bool
    method: int
    packed: int
    size: int
    start: int


def members(content: bytes, endings: tuple[bytes, ...]) -> Iterator[ZipMember]:
    """Yield the members whose names have one of the endings; raises ZipError."""
    at, end, shift = _directory(content)
    while at < end:
        if end - at < _ENTRY.size:
            raise ZipError("its directory is cut off")
        mark, flags, method, packed, size, name_length, extra, comment, place = _ENTRY.unpack_from(content, at)
        if mark != _ENTRY_MARK:
            raise ZipError("its directory is damaged")
        at += _ENTRY.size
        name = content[at : at + name_length]
        if name.endswith(endings):
            yield ZipMember(name, bool(flags & _ENCRYPTED), method, packed, size, shift + place)
        at += name_length + extra + comment


def unpacked(content: bytes, member: ZipMember) -> bytes:
    """Return the content of a member, which has the size that the directory names; raises ZipError."""
    start = member.start
    if len(content) - start < _LOCAL.size or start < 0:
        raise ZipError("a member lies outside of it")
    mark, name_length, extra = _LOCAL.unpack_from(content, start)
    if mark != _LOCAL_MARK:
        raise ZipError("a member is not where its directory says")
    start += _LOCAL.size + name_length + extra
    packed = content[start : start + member.packed]
    body = _inflated(packed, member)
    if len(packed) != member.packed or len(body) != member.size:
        raise ZipError("a member has another size than its directory says")
    return body


def _inflated(packed: bytes, member: ZipMember) -> bytes:
    if member.encrypted:
        raise ZipError("a member is encrypted")
    if member.method == _STORED:
        return packed
    if member.method != _DEFLATED:
        raise ZipError(f"a member is compressed with method {member.method}")
    try:
        return isal_zlib.decompressobj(-15).decompress(packed, member.size + 1)
    except _IsalError as error:
        raise ZipError(f"a member cannot be inflated: {error}") from error


def _directory(content: bytes) -> tuple[int, int, int]:
    """Return where the directory starts and ends, and by how much all places are shifted by what stands before."""
    end = content.rfind(_END_MARK, max(0, len(content) - _END.size - len(_END_MARK) - _LONGEST_COMMENT))
    if end < 0 or len(content) - end < _END.size:
        raise ZipError("not a zip archive")
    count, size, place, _comment = _END.unpack_from(content, end)
    if count == _COUNT_IN_ZIP64 or _IN_ZIP64 in (size, place):
        end, size, place = _directory64(content, end)
    start = end - size
    if place > start:
        raise ZipError("its directory is cut off")
    return start, end, start - place


def _directory64(content: bytes, end: int) -> tuple[int, int, int]:
    locator = end - _LOCATOR_SIZE
    end64 = content.rfind(_END64_MARK, 0, max(0, locator - _END64.size + len(_END64_MARK)))
    if end64 < 0 or content[locator : locator + len(_LOCATOR_MARK)] != _LOCATOR_MARK:
        raise ZipError("its directory is cut off")
    size, place = _END64.unpack_from(content, end64)
    return end64, size, place
