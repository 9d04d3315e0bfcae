"""Snapshots in blob storage: one blob each, named by its id, and a pointer to the current one.

The pointer is written under its ETag, so that of two updates that run at once only one succeeds.
"""

import gzip
import threading
import time
import weakref
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import msgspec

from shared.advisories.change_log import ChangeLog
from shared.advisories.database import AdvisoryDatabase
from shared.advisories.lookup import SnapshotUnusable
from shared.advisories.states import FeedState
from shared.storage.blobs import BlobChanged, BlobContainer

_POINTER = "current.json"
_RECHECK_SECONDS = 5.0
_SUFFIX = ".sqlite"


class SnapshotSuperseded(Exception):
    """Another update finished first; its snapshot stays, and this one is dropped."""


class SnapshotNotKept(LookupError):
    """No snapshot of this id is kept; the message names those that are."""


class Pointer(msgspec.Struct, frozen=True, rename="camel"):
    """Which snapshot is in force, since when (RFC 3339 UTC), from which feeds, and which are kept, newest first.

    ``size`` is its bytes, and ``changes`` the blob with the log of what led to it.
    """

    snapshot: str
    published_at: str
    feeds: tuple[FeedState, ...]
    kept: tuple[str, ...]
    size: int = 0
    changes: str = ""


@dataclass
class SnapshotStore:
    """The snapshots of one container, of which the last ``keep`` are kept; safe to use from several threads.

    ``feeds`` is the state of the feeds of the database that was opened last.
    """

    container: BlobContainer
    keep: int = 8
    recheck_seconds: float = _RECHECK_SECONDS
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _reading: threading.Lock = field(default_factory=threading.Lock)
    _log: tuple[str, Callable[[], ChangeLog | None]] = ("", lambda: None)
    _current: AdvisoryDatabase | None = None
    feeds: tuple[FeedState, ...] = ()
    _checked_at: float = float("-inf")

    def pointer(self) -> tuple[Pointer, str] | None:
        """Return the pointer and its ETag, or None before the first update. Raises SnapshotUnusable."""
        found = self.container.read_versioned(_POINTER)
        if found is None:
            return None
        try:
            return msgspec.json.decode(found[0], type=Pointer), found[1]
        except msgspec.MsgspecError as error:
            raise SnapshotUnusable(f"{_POINTER} cannot be read, delete it and update: {error}") from error

    def fetch(self, snapshot: str, target: Path) -> bool:
        """Write a snapshot to a file; False where there is none of that id."""
        return self.container.download_file(_blob(snapshot), target)

    def change_log(self, pointer: Pointer) -> ChangeLog:
        """Return what led to a snapshot; a log that is lost or unreadable is begun anew."""
        content = self.container.read(pointer.changes) if pointer.changes else None
        try:
            return msgspec.json.decode(gzip.decompress(content or b""), type=ChangeLog)
        except (msgspec.MsgspecError, OSError, EOFError, zlib.error):
            return ChangeLog(pointer.snapshot)

    def changes(self) -> ChangeLog | None:
        """Return what led to the snapshot in force, or None before the first update. Raises SnapshotUnusable.

        It may take 100 MB: as long as somebody holds it, everybody gets the same.
        """
        with self._reading:
            found = self.pointer()
            while found is not None:
                name, kept = self._log
                log = kept() if name == found[0].changes else None
                if log is not None:
                    return log
                log, again = self.change_log(found[0]), self.pointer()
                # The log of a snapshot is deleted with it: another may have taken its place meanwhile.
                if again is not None and again[0].changes == found[0].changes:
                    self._log = found[0].changes, weakref.ref(log)
                    return log
                found = again
            return None

    def publish(self, path: Path, pointer: Pointer, log: ChangeLog, *, replacing: str) -> None:
        """Store a snapshot file with the log of changes that led to it, and put both in force at once.

        Raises SnapshotSuperseded unless the pointer still has the ETag (empty: there was none). Snapshots that are no
        longer kept are deleted.
        """
        before = self.pointer()
        self.container.upload_file(_blob(pointer.snapshot), path)
        kept = before[0].kept if before else ()
        every = tuple(dict.fromkeys((pointer.snapshot, *kept)))
        changes = self._store(log)
        pointer = msgspec.structs.replace(pointer, kept=every[: self.keep], size=path.stat().st_size, changes=changes)
        try:
            self.container.write(_POINTER, msgspec.json.encode(pointer), if_match=replacing)
        except BlobChanged as error:
            raise SnapshotSuperseded(f"another update was faster than {pointer.snapshot}") from error
        for snapshot in every[self.keep :]:
            self.container.delete(_blob(snapshot))
        if before and before[0].changes not in ("", changes):
            self.container.delete(before[0].changes)

    def _store(self, log: ChangeLog) -> str:
        content = gzip.compress(msgspec.json.encode(log), mtime=0)
        name = f"changes/{sha256(content).hexdigest()}.json.gz"
        self.container.write_once(name, content)
        return name

    def open_current(self, cache: Path) -> AdvisoryDatabase | None:
        """Return the database in force, or None before the first update.

        A snapshot is downloaded once into the cache directory and opened once in the process; the pointer is read
        again after a few seconds at most. Raises SnapshotUnusable.
        """
        with self._lock:
            if time.monotonic() - self._checked_at >= self.recheck_seconds:
                self._current = self._renewed(cache)
                self._checked_at = time.monotonic()
            return self._current

    def open_kept(self, snapshot: str, folder: Path) -> AdvisoryDatabase:
        """Download a kept snapshot into a folder and open it. Raises SnapshotNotKept and SnapshotUnusable."""
        found = self.pointer()
        kept = found[0].kept if found else ()
        if snapshot not in kept:
            raise SnapshotNotKept(
                f"no snapshot {ascii(snapshot)[:80]} is kept; those kept are: {', '.join(kept) or 'none'}"
            )
        return self._opened(snapshot, folder / f"{snapshot}{_SUFFIX}")

    def _renewed(self, cache: Path) -> AdvisoryDatabase | None:
        found = self.pointer()
        if found is None:
            return None
        snapshot, self.feeds = found[0].snapshot, found[0].feeds
        if self._current and self._current.snapshot_id == snapshot:
            return self._current
        database = self._opened(snapshot, cache / f"{snapshot}{_SUFFIX}")
        for other in cache.glob(f"*{_SUFFIX}"):
            if other.stem != snapshot:
                other.unlink(missing_ok=True)
        return database

    def _opened(self, snapshot: str, path: Path) -> AdvisoryDatabase:
        if path.exists():
            try:
                return AdvisoryDatabase(path)
            except SnapshotUnusable:
                path.unlink(missing_ok=True)  # left by a crash or another version: the blob decides
        if not self.fetch(snapshot, path):
            raise SnapshotUnusable(f"snapshot {snapshot} is missing from storage; run an advisory update")
        return AdvisoryDatabase(path)


def _blob(snapshot: str) -> str:
    return f"snapshots/{snapshot}{_SUFFIX}"
