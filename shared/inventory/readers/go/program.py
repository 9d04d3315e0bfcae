"""Look at a program while it goes by in the stream of a layer: what Go's linker left in it, in bounded memory.

Only the data of a program is looked at, for the mark of its build information, and kept from there on. Programs that
may be older than Go 1.18 have strings elsewhere: of them the constants are kept, which stand before the data, as well.
"""

from collections.abc import Iterator
from typing import Protocol

from shared.inventory.interface import FileFacts
from shared.inventory.readers.go.build_info import LONGEST_MODULES, MARK, BuildInfo, read_build_info
from shared.inventory.readers.go.elf import Segment, parse_program
from shared.inventory.readers.go.memory import Memory
from shared.inventory.readers.go.modules import read_modules

_MOST_CONSTANTS = 32 * 1024 * 1024
_MOST_DATA = LONGEST_MODULES + 1024 * 1024
_MOST_MARKS = 16
_SMALL = 16 * 1024


class Body(Protocol):
    """The content of the file at hand, to be read once from its start; ``left`` is what of it has not gone by."""

    @property
    def left(self) -> int:
        """Return how many bytes are left."""
        ...

    def take(self, size: int) -> bytes:
        """Return the next bytes, fewer at the end of the file."""
        ...

    def some(self, size: int) -> bytes:
        """Return some of the next bytes as they come, at most ``size``, none at the end of the file."""
        ...

    def skip(self, size: int) -> None:
        """Pass over the next bytes, as many as there are."""
        ...


def read_go(head: bytes, body: Body) -> FileFacts:
    """Return the Go modules of a program of which the first page was read; one that is not of Go tells nothing."""
    program = parse_program(head)
    if program is None:
        return FileFacts()
    search = _Search(body, len(head), old=program.may_be_old)
    info = next(filter(None, map(search.build_info, program.segments)), None)
    return read_modules(info) if info else FileFacts()


class _Search:
    """Goes through the segments of a program, from its second page on."""

    def __init__(self, body: Body, start: int, *, old: bool) -> None:
        self._body = body
        self._size = start + body.left
        self._at = start
        self._old = old
        self._most = _MOST_CONSTANTS + _MOST_DATA if old else _MOST_DATA
        self._memory = Memory()

    def build_info(self, segment: Segment) -> BuildInfo | None:
        """Return the build information that a segment holds; what it might point to is kept on the way."""
        if not segment.writable:
            if self._old and not segment.executable:
                self._keep(segment)
            return None
        marks = self._marks(segment)
        return next(filter(None, (read_build_info(self._memory, mark) for mark in marks)), None)

    def _keep(self, segment: Segment) -> None:
        for address, piece in self._pieces(segment):
            self._memory.keep(address, piece)
            if self._memory.size > _MOST_CONSTANTS:
                return

    def _marks(self, segment: Segment) -> list[int]:
        """Return the addresses of the marks in a segment, and keep what follows the first one, or everything."""
        marks: list[int] = []
        end, tail = 0, b""
        for address, piece in self._pieces(segment):
            searched = tail + piece if end == address else piece
            start = address + len(piece) - len(searched)
            marks += [start + at for at in _places(searched)][: _MOST_MARKS - len(marks)]
            if self._memory.size <= self._most and (marks or self._old):
                self._memory.keep(start, searched)
            end, tail = address + len(piece), searched[1 - len(MARK) :]
        return marks

    def _pieces(self, segment: Segment) -> Iterator[tuple[int, bytes]]:
        """Yield the content of a segment with its addresses, as far as it has not gone by."""
        end = min(self._size, segment.offset + segment.size)
        if self._at < segment.offset < end:
            self._body.skip(segment.offset - self._at)
            self._at = segment.offset
        while self._at < end and (piece := self._piece(end - self._at)):
            address = segment.address + self._at - segment.offset
            self._at += len(piece)
            yield address, piece

    def _piece(self, most: int) -> bytes:
        piece = self._body.some(most)
        # Of pieces of single bytes each would cost a hundred times its size.
        return piece if len(piece) >= _SMALL else piece + self._body.take(min(_SMALL, most) - len(piece))


def _places(content: bytes) -> Iterator[int]:
    at = content.find(MARK)
    while at >= 0:
        yield at
        at = content.find(MARK, at + len(MARK))
