"""The file of the index: one for all processes of a machine, made anew where it is missing, damaged or of old format.

Only one process changes it at a time; the others read what was there before, or wait.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from shared.projections.findings_index.interface import IndexUnusable
from shared.projections.findings_index.schema import FORMAT, TABLES

_BUSY_SECONDS = 60.0
_DAMAGED = {sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT}


class IndexDamaged(Exception):
    """The file is not, or no longer, an index that can be read: it has to be made anew."""


class IndexIncomplete(Exception):
    """The file has not all images yet."""


@dataclass(frozen=True)
class IndexFile:
    """A file in a folder that is made for it, and that no other user may write to."""

    path: Path

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Open the file for one question, which sees one state of it; raise IndexDamaged or IndexUnusable."""
        with self._errors(), closing(self._connect()) as connection:
            connection.execute("PRAGMA query_only = ON")
            connection.execute("PRAGMA automatic_index = OFF")  # it would read all images for every page
            connection.execute("BEGIN")
            if connection.execute("PRAGMA user_version").fetchone() != (FORMAT,):
                raise IndexDamaged(f"{self.path} is of another format")
            yield connection

    @contextmanager
    def changing(self) -> Iterator[sqlite3.Connection]:
        """Open the file for changes, alone on this machine, and make it where it is missing or of another format.

        Raise IndexDamaged or IndexUnusable.
        """
        with self._errors(), self._alone(), closing(self._opened()) as connection:
            # With a write-ahead log, a crash of the machine then loses changes, and breaks nothing.
            connection.execute("PRAGMA synchronous = NORMAL")
            yield connection

    def discard(self) -> None:
        """Delete the file: the next change makes it anew."""
        with self._alone():
            self._delete()

    def _opened(self) -> sqlite3.Connection:
        if self.path.exists():
            connection = self._connect()
            try:
                if connection.execute("PRAGMA user_version").fetchone() == (FORMAT,):
                    return connection
            except BaseException:
                connection.close()
                raise
            connection.close()
        self._delete()
        connection = self._connect(create=True)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript(f"BEGIN; {TABLES}")
        connection.execute("INSERT INTO state VALUES (?, 0, 0, 0, NULL, '')", (uuid.uuid4().hex,))
        connection.execute(f"PRAGMA user_version = {FORMAT}")
        connection.execute("COMMIT")
        return connection

    def _connect(self, *, create: bool = False) -> sqlite3.Connection:
        address = f"{self.path.resolve().as_uri()}?mode={'rwc' if create else 'rw'}"
        # An answer may be read on in another thread than it was begun in, never in two at a time.
        return sqlite3.connect(address, timeout=_BUSY_SECONDS, uri=True, isolation_level=None, check_same_thread=False)

    def _delete(self) -> None:
        for suffix in ("", "-wal", "-shm"):
            Path(f"{self.path}{suffix}").unlink(missing_ok=True)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with self._lock() as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _lock(self) -> BinaryIO:
        folder = self.path.parent
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if folder.stat().st_uid != os.getuid():
                raise IndexUnusable(f"{folder} belongs to another user: name a folder of your own in CACHE_DIR")
            return self.path.with_suffix(".lock").open("wb")
        except OSError as error:
            raise IndexUnusable(f"{folder} cannot be used ({error}): look after it, or change CACHE_DIR") from error

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.DatabaseError as error:
            # An extended code has its kind in the lowest byte (sqlite.org/rescode.html).
            if getattr(error, "sqlite_errorcode", -1) & 0xFF in _DAMAGED or not self.path.exists():
                raise IndexDamaged(f"{self.path} cannot be read: {error}") from error
            raise IndexUnusable(f"{self.path} cannot be used ({error}): look after its disk, or CACHE_DIR") from error
