"""A hash that is computed beside the work on what is hashed: both halves let go of the interpreter meanwhile."""

import hashlib
from contextlib import AbstractContextManager
from queue import SimpleQueue
from threading import Semaphore, Thread
from types import TracebackType

# Enough that neither waits for the other's every piece; each holds back a piece of the layer in memory.
_WAITING = 8


class ContentHash(AbstractContextManager["ContentHash"]):
    """The hash of pieces that are handed over in order, with an algorithm of :mod:`hashlib`."""

    def __init__(self, algorithm: str) -> None:
        self._hash = hashlib.new(algorithm)
        self._pieces: SimpleQueue[bytes | None] = SimpleQueue()
        self._room = Semaphore(_WAITING)
        self._thread = Thread(target=self._run, name="content-hash", daemon=True)
        self._thread.start()

    def update(self, piece: bytes) -> None:
        """Hand the next piece over."""
        self._room.acquire()
        self._pieces.put(piece)

    def hexdigest(self) -> str:
        """Wait for the hash of all pieces; it takes no more."""
        self._end()
        return self._hash.hexdigest()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let the thread end, also where the pieces stopped early."""
        self._end()

    def _end(self) -> None:
        self._pieces.put(None)
        self._thread.join()

    def _run(self) -> None:
        while (piece := self._pieces.get()) is not None:
            self._hash.update(piece)
            self._room.release()
