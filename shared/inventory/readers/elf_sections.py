"""Sections of an ELF file that no program loads: they stand behind everything that is loaded, their names at the end.

Format: System V ABI, "ELF Header", "Section Header", "Program Header". Damage is no error here: it hides sections, and
a program without them still runs.
"""

from collections.abc import Iterator
from struct import error as StructError
from struct import unpack_from
from typing import NamedTuple

HEAD = 4096
"""How many of the first bytes of a file tell everything that is asked of its start."""

_MAGIC = b"\x7fELF"
_ORDERS = {1: "<", 2: ">"}
_LOAD = 1
_MOST_SEGMENTS, _MOST_SECTIONS = 64, 4096


class _Layout(NamedTuple):
    """The fields of a file header, of a segment (kind, place, size) and of a section (name, place, size)."""

    file: str
    segment: str
    section: str


# By the class of the file: 32 or 64 bits.
_LAYOUTS = {
    1: _Layout("28xII6xHHHHH", "II8xI", "I12xII"),
    2: _Layout("32xQQ6xHHHHH", "I4xQ16xQ", "I20xQQ"),
}


def unloaded_start(head: bytes) -> int | None:
    """Return where what is loaded ends, by the first ``HEAD`` bytes of a file; None for a file that is not ELF."""
    try:
        layout, order, (place, _, size, count, *_rest) = _header(head)
        if count > _MOST_SEGMENTS:
            return None
        segments = (unpack_from(order + layout.segment, head, place + size * number) for number in range(count))
        return max((start + length for kind, start, length in segments if kind == _LOAD), default=0)
    except (StructError, OverflowError, KeyError):
        return None


def section(head: bytes, tail: bytes, start: int, name: bytes) -> bytes | None:
    """Return the content of a section, from what of a file stands at ``start`` and behind; None if it has none."""
    try:
        headers = list(_sections(head, tail, start))
        names_at, names_size = headers[_header(head)[2][-1]][1:]
    except (StructError, OverflowError, KeyError, IndexError):
        return None
    names = tail[max(0, names_at - start) : max(0, names_at - start + names_size)]
    for named, place, size in headers:
        if place >= start and names[named : named + len(name) + 1] == name + b"\0":
            content = tail[place - start : place - start + size]
            return content if len(content) == size else None
    return None


def _sections(head: bytes, tail: bytes, start: int) -> Iterator[tuple[int, int, int]]:
    layout, order, (_, place, _, _, size, count, _) = _header(head)
    if place < start or count > _MOST_SECTIONS:
        return
    for number in range(count):
        yield unpack_from(order + layout.section, tail, place - start + size * number)


def _header(head: bytes) -> tuple[_Layout, str, tuple[int, ...]]:
    """Return the layout, the byte order and the fields of the file header; raises KeyError or struct.error."""
    if len(head) <= len(_MAGIC) + 1 or not head.startswith(_MAGIC):
        raise KeyError("not ELF")
    layout, order = _LAYOUTS[head[4]], _ORDERS[head[5]]
    return layout, order, unpack_from(order + layout.file, head)
