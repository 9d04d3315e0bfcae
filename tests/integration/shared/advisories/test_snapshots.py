import threading
from pathlib import Path
from uuid import uuid4

import pytest

from shared.advisories.change_log import ChangeLog
from shared.advisories.lookup import SnapshotUnusable
from shared.advisories.snapshots import Pointer, SnapshotNotKept, SnapshotStore, SnapshotSuperseded
from shared.storage.account import StorageAccount
from shared.storage.blobs import BlobContainer
from tests.support.azurite import Azurite
from tests.unit.shared.advisories.osv_samples import build, fixed_in, inventory, package, record, write_feed


@pytest.fixture
def container(azurite: Azurite) -> BlobContainer:
    return BlobContainer(StorageAccount(azurite.connection_string), f"advisories-{uuid4().hex}")


@pytest.fixture
def store(container: BlobContainer) -> SnapshotStore:
    return SnapshotStore(container, recheck_seconds=0)


def _snapshot(directory: Path, name: str) -> tuple[Path, str]:
    write_feed(directory, "npm", [record(f"GHSA-{name}", fixed_in("npm", "a", "2.0.0"))])
    snapshot = build(directory, directory / f"{uuid4().hex}.sqlite", "npm")
    return snapshot.path, snapshot.id


def _publish(store: SnapshotStore, directory: Path, name: str) -> str:
    path, snapshot = _snapshot(directory, name)
    before = store.pointer()
    store.publish(
        path,
        Pointer(snapshot, "2026-03-01T12:00:00Z", (), ()),
        ChangeLog(snapshot),
        replacing=before[1] if before else "",
    )
    return snapshot


def _blobs(store: SnapshotStore) -> set[str]:
    return set(store.container.names("snapshots/"))


def test_before_the_first_update_there_is_no_database(store: SnapshotStore, tmp_path: Path) -> None:
    assert store.pointer() is None
    assert store.open_current(tmp_path / "cache") is None


def test_a_published_snapshot_can_be_opened(store: SnapshotStore, tmp_path: Path) -> None:
    snapshot = _publish(store, tmp_path, "one")
    database = store.open_current(tmp_path / "cache")
    assert database is not None
    assert database.snapshot_id == snapshot
    assert len(database.match(inventory(package("npm", "a", "1.0.0"))).findings) == 1


def test_a_snapshot_that_is_kept_can_be_opened_beside_the_one_in_force(store: SnapshotStore, tmp_path: Path) -> None:
    older, newer = _publish(store, tmp_path, "one"), _publish(store, tmp_path, "two")
    current = store.open_current(tmp_path / "cache")
    kept = store.open_kept(older, tmp_path / "beside")
    assert current is not None
    assert (kept.snapshot_id, current.snapshot_id) == (older, newer)
    with pytest.raises(SnapshotNotKept, match=f"'lost' is kept; those kept are: {newer}, {older}"):
        store.open_kept("lost", tmp_path / "beside")


def test_a_snapshot_is_downloaded_and_opened_once(store: SnapshotStore, tmp_path: Path) -> None:
    snapshot = _publish(store, tmp_path, "one")
    first = store.open_current(tmp_path / "cache")
    store.container.delete(f"snapshots/{snapshot}.sqlite")
    assert store.open_current(tmp_path / "cache") is first
    other_process = SnapshotStore(store.container)
    again = other_process.open_current(tmp_path / "cache")
    assert again is not None
    assert again.snapshot_id == snapshot


def test_a_new_snapshot_replaces_the_open_one_and_its_file(store: SnapshotStore, tmp_path: Path) -> None:
    _publish(store, tmp_path, "one")
    old = store.open_current(tmp_path / "cache")
    snapshot = _publish(store, tmp_path, "two")
    new = store.open_current(tmp_path / "cache")
    assert old is not None
    assert new is not None
    assert new.snapshot_id == snapshot != old.snapshot_id
    assert [path.stem for path in (tmp_path / "cache").iterdir()] == [snapshot]
    # Whoever still works with the old one can finish.
    assert old.match(inventory(package("npm", "a", "1.0.0"))).findings[0].advisory == "GHSA-one"


def test_the_pointer_is_not_read_again_within_the_time(container: BlobContainer, tmp_path: Path) -> None:
    store = SnapshotStore(container, recheck_seconds=3600)
    _publish(store, tmp_path, "one")
    first = store.open_current(tmp_path / "cache")
    _publish(store, tmp_path, "two")
    assert store.open_current(tmp_path / "cache") is first


def test_of_two_updates_at_once_the_second_is_refused(store: SnapshotStore, tmp_path: Path) -> None:
    _publish(store, tmp_path, "one")
    before = store.pointer()
    assert before is not None
    winner = _publish(store, tmp_path, "two")
    after = store.pointer()
    path, snapshot = _snapshot(tmp_path, "three")
    with pytest.raises(SnapshotSuperseded):
        store.publish(path, Pointer(snapshot, "2026-03-01T12:00:00Z", (), ()), ChangeLog(snapshot), replacing=before[1])
    assert store.pointer() == after
    assert after is not None
    assert after[0].snapshot == winner


def test_of_two_first_updates_at_once_one_is_refused(store: SnapshotStore, tmp_path: Path) -> None:
    files = [_snapshot(tmp_path, name) for name in ("one", "two")]
    outcomes: list[str] = []

    def publish(path: Path, snapshot: str) -> None:
        try:
            store.publish(path, Pointer(snapshot, "2026-03-01T12:00:00Z", (), ()), ChangeLog(snapshot), replacing="")
            outcomes.append(snapshot)
        except SnapshotSuperseded:
            outcomes.append("superseded")

    threads = [threading.Thread(target=publish, args=file) for file in files]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    pointer = store.pointer()
    assert pointer is not None
    assert sorted(outcomes) == sorted([pointer[0].snapshot, "superseded"])


def test_the_last_snapshots_are_kept(container: BlobContainer, tmp_path: Path) -> None:
    store = SnapshotStore(container, keep=2)
    snapshots = [_publish(store, tmp_path, name) for name in ("one", "two", "three")]
    assert _blobs(store) == {f"snapshots/{snapshot}.sqlite" for snapshot in snapshots[1:]}
    pointer = store.pointer()
    assert pointer is not None
    assert pointer[0].kept == (snapshots[2], snapshots[1])


def test_publishing_the_same_again_keeps_one(store: SnapshotStore, tmp_path: Path) -> None:
    assert _publish(store, tmp_path, "one") == _publish(store, tmp_path, "one")
    assert len(_blobs(store)) == 1


def test_a_damaged_file_in_the_cache_is_fetched_again(store: SnapshotStore, tmp_path: Path) -> None:
    snapshot = _publish(store, tmp_path, "one")
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / f"{snapshot}.sqlite").write_bytes(b"half")
    database = store.open_current(tmp_path / "cache")
    assert database is not None
    assert database.snapshot_id == snapshot


def test_a_pointer_to_a_missing_snapshot_is_an_error(store: SnapshotStore, tmp_path: Path) -> None:
    snapshot = _publish(store, tmp_path, "one")
    store.container.delete(f"snapshots/{snapshot}.sqlite")
    with pytest.raises(SnapshotUnusable, match="missing from storage; run an advisory update"):
        store.open_current(tmp_path / "cache")


def test_a_pointer_that_cannot_be_read_is_an_error(store: SnapshotStore, tmp_path: Path) -> None:
    store.container.write("current.json", b"garbage")
    with pytest.raises(SnapshotUnusable, match="cannot be read"):
        store.open_current(tmp_path / "cache")


def test_threads_open_one_database(store: SnapshotStore, tmp_path: Path) -> None:
    _publish(store, tmp_path, "one")
    opened: list[object] = []
    threads = [threading.Thread(target=lambda: opened.append(store.open_current(tmp_path / "cache"))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(opened) == 6
    assert len({id(database) for database in opened}) == 1


def test_the_log_of_changes_is_that_of_the_snapshot_in_force_and_read_once_while_it_is_held(
    store: SnapshotStore, tmp_path: Path
) -> None:
    assert store.changes() is None
    one = _publish(store, tmp_path, "one")
    held = store.changes()
    assert held is not None
    assert held.snapshot == one
    assert store.changes() is held
    two = _publish(store, tmp_path, "two")
    newer = store.changes()
    assert newer is not None
    assert newer.snapshot == two


def test_a_log_of_changes_that_another_update_deletes_meanwhile_is_not_taken_for_a_new_one(
    store: SnapshotStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _publish(store, tmp_path, "one")
    updates = [lambda: _publish(store, tmp_path, "two")]
    read = BlobContainer.read

    def late(container: BlobContainer, name: str) -> bytes | None:
        if name.startswith("changes/") and updates:
            updates.pop()()
        return read(container, name)

    monkeypatch.setattr(BlobContainer, "read", late)
    found, in_force = store.changes(), store.pointer()
    assert found is not None
    assert in_force is not None
    assert (found.snapshot, updates) == (in_force[0].snapshot, [])
