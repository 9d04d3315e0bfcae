"""The body of a file that goes by in a stream, for readers that look at it on the way."""

import io


class PassingBody:
    """A body that comes in pieces, and counts what was looked at."""

    def __init__(self, content: bytes, piece: int = 64 * 1024) -> None:
        self._file = io.BytesIO(content)
        self._size = len(content)
        self._piece = piece
        self.read = 0

    @property
    def left(self) -> int:
        return max(0, self._size - self._file.tell())

    def take(self, size: int) -> bytes:
        taken = self._file.read(size)
        self.read += len(taken)
        return taken

    def some(self, size: int) -> bytes:
        return self.take(min(size, self._piece))

    def skip(self, size: int) -> None:
        assert size >= 0
        self._file.seek(size, io.SEEK_CUR)
