"""Walk a tar archive that arrives in pieces, without touching the bodies that nobody asks for.

What counts is what a container runtime unpacks, so wherever tar readers differ this one follows Go's ``archive/tar``,
which containerd and Docker use: global PAX headers change nothing, and links and directories have no body.
"""

from collections.abc import Iterator
from enum import Enum, auto

import msgspec

from shared.inventory.failures import corrupt, exceeded
from shared.inventory.limits import Meter
from shared.inventory.paths import normalise
from shared.inventory.pax import NO_RECORDS, PaxError, parse_pax
from shared.inventory.pieces import CutOff, Pieces
from shared.inventory.tar_header import BLOCK, Header, TarError, parse_header, sparse_map_continues

_ZEROS = bytes(BLOCK)
_EXTENSIONS = frozenset((b"x", b"g", b"L", b"K"))
_WITHOUT_BODY = frozenset((b"1", b"2", b"3", b"4", b"5", b"6"))


class Kind(Enum):
    """What a tar member is; OTHER stands for devices, pipes and types that no runtime unpacks."""

    FILE = auto()
    HARD_LINK = auto()
    SYMBOLIC_LINK = auto()
    DIRECTORY = auto()
    OTHER = auto()


_KINDS = {
    b"0": Kind.FILE,
    b"\0": Kind.FILE,
    b"7": Kind.FILE,
    b"S": Kind.FILE,
    b"1": Kind.HARD_LINK,
    b"2": Kind.SYMBOLIC_LINK,
    b"5": Kind.DIRECTORY,
}


class Member(msgspec.Struct, gc=False):
    """One member. ``path`` is normalised, ``target`` is as written, ``sparse`` bodies are not the file's content."""

    path: bytes
    kind: Kind
    size: int
    target: bytes
    sparse: bool


class TarStream:
    """The members of a tar archive, each to be asked for its body before the next one is taken."""

    def __init__(self, pieces: Iterator[bytes], meter: Meter) -> None:
        self._pieces = Pieces(pieces)
        self._layer = meter.layer
        self._limits = meter.limits
        self._body = 0
        self._padding = 0
        self._pax = NO_RECORDS
        self._long: dict[bytes, bytes] = {}

    def members(self) -> Iterator[Member]:
        """Yield every member, then read the stream to its end; raises ScanFailure (layer-corrupt, limit-exceeded)."""
        try:
            yield from self._members()
        except (CutOff, PaxError, TarError) as error:
            raise corrupt(self._layer, f"its tar archive: {error}") from error

    @property
    def left(self) -> int:
        """Return how many bytes of the body of the member that was yielded last have not been read."""
        return self._body

    def body(self) -> bytes:
        """Return what is left of the body of the member that was yielded last; raises ScanFailure (layer-corrupt)."""
        return self.take(self._body)

    def take(self, size: int) -> bytes:
        """Return the next bytes of that body, fewer at its end; raises ScanFailure (layer-corrupt)."""
        size = min(size, self._body)
        self._body -= size
        try:
            return self._pieces.take(size)
        except CutOff as error:
            raise corrupt(self._layer, f"its tar archive: {error}") from error

    def some(self, size: int) -> bytes:
        """Return some of the next bytes of that body, none at its end; raises ScanFailure (layer-corrupt)."""
        size = min(size, self._body)
        try:
            some = self._pieces.some(size) if size else b""
        except CutOff as error:
            raise corrupt(self._layer, f"its tar archive: {error}") from error
        self._body -= len(some)
        return some

    def skip(self, size: int) -> None:
        """Pass over the next bytes of that body, as many as there are; raises ScanFailure (layer-corrupt)."""
        size = min(size, self._body)
        self._body -= size
        try:
            self._pieces.skip(size)
        except CutOff as error:
            raise corrupt(self._layer, f"its tar archive: {error}") from error

    def _members(self) -> Iterator[Member]:
        left = self._limits.entries
        while (block := self._next_header()) is not None:
            left -= 1
            if left < 0:
                raise exceeded(f"layer {self._layer}", "entries", f"more than {self._limits.entries}")
            header = parse_header(block)
            self._expect(header.size)
            if header.flag in _EXTENSIONS:
                self._extend(header.flag)
            else:
                yield self._member(block, header)
            self._pieces.skip(self._body + self._padding)
        self._pieces.drain()

    def _next_header(self) -> bytes | None:
        block = self._pieces.block(BLOCK)
        if block is None or block[0] or block != _ZEROS:
            return block
        if self._pieces.block(BLOCK) in (_ZEROS, None):
            return None
        raise TarError("a tar header follows a single block of zeros")

    def _member(self, block: bytes, header: Header) -> Member:
        path, flag, target = header.name, header.flag, header.link
        sparse = False
        if self._long or self._pax is not NO_RECORDS:
            path, target, sparse = self._extended(path, target)
        kind = _KINDS.get(flag, Kind.OTHER)
        if flag == b"\0" and path[-1:] == b"/":
            kind = Kind.DIRECTORY
        if flag in _WITHOUT_BODY or kind is Kind.DIRECTORY:
            self._expect(0)
        elif flag == b"S":
            sparse = True
            self._skip_sparse_map(block)
        return Member(normalise(path), kind, self._body, target, sparse)

    def _extended(self, path: bytes, target: bytes) -> tuple[bytes, bytes, bool]:
        records, names = self._pax, self._long
        self._pax, self._long = NO_RECORDS, {}
        if records.size is not None:
            self._expect(records.size)
        path, target = names.get(b"L", records.path or path), names.get(b"K", records.target or target)
        self._check_length(path)
        self._check_length(target)
        return path, target, records.sparse

    def _check_length(self, path: bytes) -> None:
        # Only extended headers can hold more than 256 bytes.
        if len(path) > self._limits.path_length:
            raise exceeded(f"layer {self._layer}", "path length", f"{path[:100]!a}… has {len(path)} bytes")

    def _extend(self, flag: bytes) -> None:
        if self._body > self._limits.extended_header_bytes:
            raise exceeded(f"layer {self._layer}", "extended header bytes", f"{self._body} bytes")
        if flag == b"g":
            return
        body = self.body()
        if flag == b"x":
            self._pax = parse_pax(body)
        else:
            self._long[flag] = body.partition(b"\0")[0]

    def _skip_sparse_map(self, header: bytes) -> None:
        more = sparse_map_continues(header, first=True)
        while more:
            more = sparse_map_continues(self._pieces.take(BLOCK), first=False)

    def _expect(self, size: int) -> None:
        self._body = size
        self._padding = -size % BLOCK
