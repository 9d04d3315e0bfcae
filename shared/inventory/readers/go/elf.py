"""The segments of an ELF program, from its first page. Format: System V ABI, "ELF Header" and "Program Header"."""

from collections.abc import Iterator
from struct import error as StructError
from struct import unpack_from
from typing import NamedTuple

MAGIC = b"\x7fELF"
_LOAD, _NOTE = 1, 4
_EXECUTABLE, _WRITABLE = 1, 2
_GO_NOTE = b"Go\0\0"
_MOST_HEADERS = 64
# The section .go.buildinfo: aligned to 16 bytes, and before Go 1.18 of 32, enough for two pointers.
_POINTED_BUILD_INFO = (1, 3, 32, 16)


class Segment(NamedTuple):
    """A part of the file, and where it lies in memory."""

    offset: int
    address: int
    size: int
    writable: bool
    executable: bool


class Program(NamedTuple):
    """The segments that are loaded, by their place in the file, and whether Go before 1.18 may have made them."""

    segments: tuple[Segment, ...]
    may_be_old: bool


class _Layout(NamedTuple):
    """Where the fields stand in the file header, and in the headers of segments and sections those that are read."""

    file: str
    segment: str
    segment_fields: tuple[int, ...]
    section: str


_LAYOUTS = {
    1: _Layout("28xII6xHHHH", "8I", (0, 6, 1, 2, 4), "4xII8xI8xI4x"),
    2: _Layout("32xQQ6xHHHH", "2I6Q", (0, 1, 2, 3, 5), "4xIQ16xQ8xQ8x"),
}
_ORDERS = {1: "<", 2: ">"}


def parse_program(head: bytes) -> Program | None:
    """Return what the first page of a file says of its segments; None for no ELF program, or a damaged one."""
    layout, order = (_LAYOUTS.get(head[4]), _ORDERS.get(head[5])) if head[6:] else (None, None)
    if not head.startswith(MAGIC) or layout is None or order is None:
        return None
    try:
        segments_at, sections_at, size, count, section_size, sections = unpack_from(order + layout.file, head)
        entries = list(_table(head, order + layout.segment, segments_at, size, count))
    except (StructError, OverflowError):
        return None
    found = [tuple(entry[field] for field in layout.segment_fields) for entry in entries]
    segments = sorted(
        Segment(offset, address, length, bool(flags & _WRITABLE), bool(flags & _EXECUTABLE))
        for kind, flags, offset, address, length in found
        if kind == _LOAD
    )
    # Go's own linker puts the section headers right after the program headers; other linkers leave Go's note in place.
    if sections_at == segments_at + count * size:
        old = _POINTED_BUILD_INFO in _sections(head, order + layout.section, sections_at, section_size, sections)
    else:
        old = any(_GO_NOTE in head[offset : offset + length] for kind, _, offset, _, length in found if kind == _NOTE)
    return Program(tuple(segments), old)


def _sections(head: bytes, layout: str, start: int, size: int, count: int) -> list[tuple[int, ...]]:
    try:
        return list(_table(head, layout, start, size, count))
    except (StructError, OverflowError):
        return []


def _table(head: bytes, layout: str, start: int, size: int, count: int) -> Iterator[tuple[int, ...]]:
    return (unpack_from(layout, head, start + at * size) for at in range(min(count, _MOST_HEADERS)))
