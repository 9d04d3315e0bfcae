"""What was kept of a program, by the addresses that it has in memory."""

from bisect import bisect_right
from itertools import takewhile


class Memory:
    """Pieces of content in ascending order of their addresses."""

    def __init__(self) -> None:
        self._addresses: list[int] = []
        self._pieces: list[bytes] = []
        self._end = 0
        self.size = 0

    def keep(self, address: int, piece: bytes) -> None:
        """Keep a piece, without what is kept already or lies below that."""
        if address < self._end:
            piece, address = piece[self._end - address :], self._end
        if piece:
            self._addresses.append(address)
            self._pieces.append(piece)
            self._end = address + len(piece)
            self.size += len(piece)

    def read(self, address: int, size: int) -> bytes:
        """Return what lies at an address, as much of it as was kept without a gap."""
        at = max(bisect_right(self._addresses, address) - 1, 0)
        parts, end = [], address + size
        for start, piece in takewhile(
            lambda kept: kept[0] < end, zip(self._addresses[at:], self._pieces[at:], strict=True)
        ):
            if not start <= address < start + len(piece):
                break
            parts.append(piece[address - start : end - start])
            address = start + len(piece)
        return b"".join(parts)
