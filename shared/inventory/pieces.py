"""A stream that arrives in pieces, read by count: what is skipped is never copied."""

from collections.abc import Iterator


class CutOff(ValueError):
    """A stream that ended before what was asked for."""


class Pieces:
    """Reads a stream of byte pieces from its start to its end."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._piece = b""
        self._at = 0

    def block(self, size: int) -> bytes | None:
        """Return the next ``size`` bytes, None at the end of the stream, or raise CutOff in between."""
        block = self._piece[self._at : self._at + size]
        if len(block) == size:
            self._at += size
            return block
        return self.take(size) if self._more() else None

    def take(self, size: int) -> bytes:
        """Return the next ``size`` bytes, or raise CutOff."""
        taken = []
        while size:
            if not self._more():
                raise CutOff(f"{size} bytes are missing at its end")
            part = self._piece[self._at : self._at + size]
            taken.append(part)
            self._at += len(part)
            size -= len(part)
        return b"".join(taken)

    def some(self, size: int) -> bytes:
        """Return the next bytes as they come, at least one and at most ``size``, or raise CutOff."""
        if not self._more():
            raise CutOff(f"{size} bytes are missing at its end")
        some = self._piece[self._at : self._at + size]
        self._at += len(some)
        return some

    def skip(self, size: int) -> None:
        """Pass over the next ``size`` bytes, or raise CutOff."""
        self._at += size
        while self._at > len(self._piece):
            beyond = self._at - len(self._piece)
            self._at = len(self._piece)
            if not self._more():
                raise CutOff(f"{beyond} bytes are missing at its end")
            self._at = beyond

    def drain(self) -> None:
        """Read the stream to its end, for whoever checks it on the way."""
        while self._more():
            self._at = len(self._piece)

    def _more(self) -> bool:
        while self._at == len(self._piece):
            piece = next(self._pieces, None)
            if piece is None:
                return False
            self._piece, self._at = piece, 0
        return True
