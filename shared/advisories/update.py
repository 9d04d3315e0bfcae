"""One advisory update: the previous snapshot and all feeds make the next snapshot, which is put in force."""

import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from shared.advisories.build import build_snapshot
from shared.advisories.change_log import ChangeLog
from shared.advisories.difference import difference
from shared.advisories.feeds import Sources
from shared.advisories.freshness import confirmed
from shared.advisories.snapshots import Pointer, SnapshotStore
from shared.advisories.states import FeedState


class Update(NamedTuple):
    """The snapshot that is in force after an update, the one before it, the state of the feeds, and what changed."""

    snapshot: str
    previous: str | None
    feeds: tuple[FeedState, ...]
    changes: ChangeLog


def update_snapshot(store: SnapshotStore, sources: Sources, now: datetime) -> Update:
    """Build a snapshot from all feeds and put it in force; without any news it is the same as before.

    Raises SnapshotSuperseded if another update finished first, and InvalidEcosystem for wrong settings.
    """
    before = store.pointer()
    with tempfile.TemporaryDirectory(prefix="advisories-") as name:
        directory = Path(name)
        old = directory / "previous.sqlite"
        previous = before[0].snapshot if before and store.fetch(before[0].snapshot, old) else None
        built = build_snapshot(directory / "next.sqlite", sources, old if previous else None, now)
        log = store.change_log(before[0]) if before else ChangeLog()
        if built.id != log.snapshot:
            log = log.followed_by(built.id, difference(old, built.path) if previous else None)
        feeds = confirmed(built.feeds, before[0].feeds if before else ())
        pointer = Pointer(built.id, now.astimezone(UTC).isoformat(), feeds, ())
        store.publish(built.path, pointer, log, replacing=before[1] if before else "")
    return Update(built.id, previous, feeds, log)
