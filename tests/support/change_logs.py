"""Snapshots of advisories of which only the log of changes counts."""

from pathlib import Path
from tempfile import NamedTemporaryFile

from shared.advisories.change_log import ChangeLog
from shared.advisories.snapshots import Pointer, SnapshotStore
from tests.support.examples import START


def put_in_force(store: SnapshotStore, log: ChangeLog) -> None:
    """Let an empty snapshot be in force, with what led to it."""
    before = store.pointer()
    pointer = Pointer(log.snapshot, START.isoformat(), (), ())
    with NamedTemporaryFile() as empty:
        store.publish(Path(empty.name), pointer, log, replacing=before[1] if before else "")
