"""Reading a snapshot file: the rows of a package, and the details of an advisory."""

import sqlite3
import threading
import weakref
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from shared.advisories.schema import FORMAT, AffectedRow, Details, FeedRow, read_only_uri
from shared.advisories.versions.scheme import Scheme
from shared.domain.findings import Rating

_decode_details = msgspec.msgpack.Decoder(Details).decode
decode_ratings = msgspec.msgpack.Decoder(tuple[Rating, ...]).decode

# The inner query finds the advisories of which a row holds the key; all of their rows tell which versions are free.
_AFFECTED = (
    "SELECT advisory, start, stop, fixed, exact, undecided, ratings, modules, will_not_fix FROM affected"
    " WHERE ecosystem = :ecosystem AND name = :name AND advisory IN ("
    "SELECT advisory FROM affected WHERE ecosystem = :ecosystem AND name = :name"
    " AND (start IS NULL OR :key IS NULL OR (start <= :key AND :key < stop))"
    ") ORDER BY advisory, part"
)
_DETAILS_KEPT = 20_000


class SnapshotUnusable(Exception):
    """A file that is no snapshot, or one of another format."""


class Holding(NamedTuple):
    """An ecosystem of a release as one feed holds it."""

    id: int
    scheme: Scheme | None


class Lookup:
    """The read side of one snapshot file; every method may be called from any thread."""

    def __init__(self, path: Path) -> None:
        """Open a snapshot file, or raise SnapshotUnusable."""
        self._lock = threading.Lock()
        self._file = open_snapshot(path)
        # A database that was superseded is closed when its last user lets go of it.
        self.close = weakref.finalize(self, self._file.close)
        self.snapshot_id = str(self._file.execute("SELECT id FROM snapshot").fetchone()[0])
        self.ecosystems: dict[str, tuple[Holding, ...]] = {}
        for name, number, scheme in self._rows("SELECT name, id, scheme FROM ecosystem ORDER BY id"):
            holding = Holding(number, Scheme(scheme) if scheme else None)
            self.ecosystems[name] = (*self.ecosystems.get(name, ()), holding)
        self.names = lru_cache(maxsize=None)(self._read_names)
        self.details = lru_cache(maxsize=_DETAILS_KEPT)(self._read_details)

    def affected(self, holding: Holding, name: str, key: bytes | None) -> list[AffectedRow]:
        """Return all rows of the advisories that may affect a version of a package, by advisory.

        ``key`` is the version's sort key; with None every advisory of the package is returned.
        """
        rows = self._rows(_AFFECTED, {"ecosystem": holding.id, "name": name, "key": key})
        return [AffectedRow._make(row) for row in rows]

    def rated(self, names: Iterable[str]) -> tuple[int, ...]:
        """Return the advisories that rate a flaw which has any of the names, in order."""
        found = {row[0] for name in names for row in self._rows("SELECT advisory FROM rated WHERE name = ?", (name,))}
        return tuple(sorted(found))

    def _read_names(self, holding: Holding) -> dict[str, tuple[str, ...]]:
        """Return the full names of the packages that advisories speak of, by the artifact behind their groups."""
        names: dict[str, tuple[str, ...]] = {}
        for (name,) in self._rows(
            "SELECT DISTINCT name FROM affected WHERE ecosystem = ? ORDER BY name", (holding.id,)
        ):
            artifact = name.rpartition(":")[2]
            names[artifact] = (*names.get(artifact, ()), name)
        return names

    def _read_details(self, advisory: int) -> Details:
        """Return what findings show of an advisory."""
        return _decode_details(self._rows("SELECT details FROM advisory WHERE id = ?", (advisory,))[0][0])

    def _rows(self, statement: str, parameters: tuple[object, ...] | dict[str, object] = ()) -> list[Any]:
        with self._lock:
            return self._file.execute(statement, parameters).fetchall()


def read_feeds(path: Path) -> tuple[FeedRow, ...]:
    """Return the feeds of a snapshot file; none if it has another format, so that everything is read anew."""
    try:
        file = open_snapshot(path)
    except SnapshotUnusable:
        return ()
    try:
        return tuple(FeedRow._make(row) for row in file.execute("SELECT * FROM feed ORDER BY id"))
    finally:
        file.close()


def open_snapshot(path: Path) -> sqlite3.Connection:
    """Open a snapshot file for reading, or raise SnapshotUnusable."""
    file = sqlite3.connect(read_only_uri(path), uri=True, check_same_thread=False, isolation_level=None)
    try:
        found = file.execute("PRAGMA user_version").fetchone()[0]
    except sqlite3.DatabaseError as error:
        file.close()
        raise SnapshotUnusable(f"{path.name} is no advisory snapshot: {error}") from error
    if found != FORMAT:
        file.close()
        raise SnapshotUnusable(f"{path.name} is an advisory snapshot of format {found}, not {FORMAT}")
    return file
