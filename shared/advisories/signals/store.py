"""Snapshots of exploit signals in blob storage: one blob each, and a pointer to those that are kept, newest first.

The pointer is written under its ETag, so that of two updates that run at once only one succeeds.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from shared.advisories.lookup import SnapshotUnusable
from shared.advisories.signals.build import build_signals
from shared.advisories.signals.database import SignalDatabase, Signals, doubt
from shared.advisories.signals.fetch import Source
from shared.advisories.signals.interface import EPSS, KEV, SignalFeed
from shared.advisories.snapshots import SnapshotSuperseded
from shared.domain.exploits import ExploitSignals, NoSignals
from shared.storage.blobs import BlobChanged, BlobContainer

_log = logging.getLogger(__name__)

_POINTER = "current.json"
_SUFFIX = ".sqlite"
_MOST_OPEN = 4  # of the past, besides the one in force


class KeptSignals(msgspec.Struct, frozen=True, rename="camel"):
    """A snapshot, the time from which on it was in force (RFC 3339 UTC), and the feeds as they were then."""

    snapshot: str
    since: str
    feeds: tuple[SignalFeed, ...]


class SignalPointer(msgspec.Struct, frozen=True, rename="camel"):
    """The state of the feeds now, and the snapshots that are kept, newest first: the first is in force."""

    feeds: tuple[SignalFeed, ...]
    kept: tuple[KeptSignals, ...]


@dataclass
class SignalStore:
    """The snapshots of one container, of which the last ``keep`` are kept; safe to use from several threads.

    ``cache`` is a folder of this machine, ``most`` how long a feed that cannot be read is relied on. Whoever asks sees
    a new snapshot ``recheck_seconds`` after it was put in force, or earlier.
    """

    container: BlobContainer
    cache: Path
    now: Callable[[], datetime]
    most: timedelta
    keep: int = 32
    recheck_seconds: float = 5.0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _open: dict[str, SignalDatabase] = field(default_factory=dict)
    _pointer: SignalPointer | None = None
    _checked_at: float = float("-inf")

    def as_of(self, at: datetime | None) -> ExploitSignals:
        """Return the signals in force at a time, or now; ``NoSignals`` where none of that time are kept.

        A snapshot that cannot be read is none, which is logged: what rests on signals then says that they are missing.
        """
        with self._lock:
            if time.monotonic() - self._checked_at >= self.recheck_seconds:
                found = self.pointer()
                self._pointer, self._checked_at = found[0] if found else None, time.monotonic()
            kept = self._in_force(at)
            if self._pointer is None or kept is None:
                return NoSignals()
            then = datetime.fromisoformat(kept.since)
            feeds, moment = (kept.feeds, then) if at else (self._pointer.feeds, self.now())
            try:
                database = self._database(kept.snapshot)
            except SnapshotUnusable as error:
                _log.warning("no exploit signals: %s", error)
                return NoSignals(str(error))
            kev, epss = (doubt(name, feeds, moment, self.most) for name in (KEV, EPSS))
            edition = next((feed.edition for feed in kept.feeds if feed.name == EPSS), "")
            return Signals(kept.snapshot, database, kev, epss, edition)

    def pointer(self) -> tuple[SignalPointer, str] | None:
        """Return the pointer and its ETag, or None before the first update."""
        found = self.container.read_versioned(_POINTER)
        if found is None:
            return None
        try:
            return msgspec.json.decode(found[0], type=SignalPointer), found[1]
        except msgspec.MsgspecError as error:
            _log.warning("%s cannot be read and is made anew: %s", _POINTER, error)
            return SignalPointer((), ()), found[1]

    def update(self, sources: Sequence[Source]) -> SignalPointer:
        """Fetch what changed, and put it in force; raise SnapshotSuperseded where another update was faster."""
        found = self.pointer()
        before = found[0] if found else SignalPointer((), ())
        now = self.now()
        with TemporaryDirectory(prefix="signals-") as name:
            old, new = Path(name) / "old.sqlite", Path(name) / "new.sqlite"
            held = bool(before.kept) and self._fetch(before.kept[0].snapshot, old)
            built = build_signals(new, sources, old if held else None, before.feeds, now)
            kept = before.kept
            if not held or built.id != before.kept[0].snapshot:
                self.container.upload_file(_blob(built.id), new)
                since = now.astimezone(UTC).isoformat()
                kept = (KeptSignals(built.id, since, built.feeds), *kept)
            pointer = SignalPointer(built.feeds, kept[: self.keep])
        try:
            self.container.write(_POINTER, msgspec.json.encode(pointer), if_match=found[1] if found else "")
        except BlobChanged as error:
            raise SnapshotSuperseded(f"another update was faster than {built.id}") from error
        for snapshot in {one.snapshot for one in kept} - {one.snapshot for one in pointer.kept}:
            self.container.delete(_blob(snapshot))
        self._checked_at = float("-inf")
        return pointer

    def _fetch(self, snapshot: str, target: Path) -> bool:
        """Write a snapshot to a file, if it is there; a damaged one is deleted: blobs are never written over."""
        if not self.container.download_file(_blob(snapshot), target):
            return False
        try:
            SignalDatabase(target).close()
        except SnapshotUnusable:
            self.container.delete(_blob(snapshot))
            return False
        return True

    def _in_force(self, at: datetime | None) -> KeptSignals | None:
        kept = self._pointer.kept if self._pointer else ()
        return next((one for one in kept if at is None or datetime.fromisoformat(one.since) <= at), None)

    def _database(self, snapshot: str) -> SignalDatabase:
        if snapshot not in self._open:
            opened = self._opened(snapshot)
            current = self._pointer.kept[0].snapshot if self._pointer else ""
            while len(self._open) > _MOST_OPEN:
                oldest = next(one for one in self._open if one != current)
                del self._open[oldest]
                (self.cache / f"{oldest}{_SUFFIX}").unlink(missing_ok=True)
            self._open[snapshot] = opened
        return self._open[snapshot]

    def _opened(self, snapshot: str) -> SignalDatabase:
        path = self.cache / f"{snapshot}{_SUFFIX}"
        if path.exists():
            try:
                return SignalDatabase(path)
            except SnapshotUnusable:
                path.unlink(missing_ok=True)  # left by a crash or another version: the blob decides
        self.cache.mkdir(parents=True, exist_ok=True)
        if not self.container.download_file(_blob(snapshot), path):
            raise SnapshotUnusable(f"snapshot {snapshot} of exploit signals is missing from storage; refresh them")
        return SignalDatabase(path)


def _blob(snapshot: str) -> str:
    return f"snapshots/{snapshot}{_SUFFIX}"
