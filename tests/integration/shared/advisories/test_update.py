import gzip
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from shared.advisories.change_log import ChangeLog
from shared.advisories.feeds import Sources
from shared.advisories.snapshots import SnapshotStore
from shared.advisories.update import update_snapshot
from shared.storage.account import StorageAccount
from shared.storage.blobs import BlobContainer
from tests.support.azurite import Azurite
from tests.unit.shared.advisories.osv_samples import NOW, findings_of, fixed_in, package, record, write_feed


@pytest.fixture
def store(azurite: Azurite) -> SnapshotStore:
    return SnapshotStore(
        BlobContainer(StorageAccount(azurite.connection_string), f"advisories-{uuid4().hex}"), recheck_seconds=0
    )


def _advisories(store: SnapshotStore, cache: Path) -> list[str]:
    database = store.open_current(cache)
    assert database is not None
    return [finding.advisory for finding in findings_of(database, package("npm", "a", "1.0.0"))]


def test_updates_follow_the_feeds_and_survive_a_broken_one(store: SnapshotStore, tmp_path: Path) -> None:
    base = tmp_path / "base"
    sources = Sources(str(base), ("npm",))
    path = write_feed(base, "npm", [record("GHSA-1", fixed_in("npm", "a", "2.0.0"))])
    first = update_snapshot(store, sources, NOW)
    assert first.previous is None
    assert _advisories(store, tmp_path / "cache") == ["GHSA-1"]

    unchanged = update_snapshot(store, sources, NOW)
    assert unchanged.snapshot == unchanged.previous == first.snapshot

    write_feed(base, "npm", [record("GHSA-2", fixed_in("npm", "a", "2.0.0"))])
    changed = update_snapshot(store, sources, NOW)
    assert changed.previous == first.snapshot != changed.snapshot
    assert _advisories(store, tmp_path / "cache") == ["GHSA-2"]

    path.write_bytes(path.read_bytes()[:-40])
    broken = update_snapshot(store, sources, NOW + timedelta(days=8))
    assert broken.snapshot == changed.snapshot
    assert broken.feeds[0].failure
    assert broken.feeds[0].confirmed_at == changed.feeds[0].confirmed_at == NOW.isoformat()
    assert _advisories(store, tmp_path / "cache") == ["GHSA-2"]
    pointer = store.pointer()
    assert pointer is not None
    assert pointer[0].feeds == broken.feeds == store.feeds


def test_an_update_without_any_feed_covers_nothing_and_says_so(store: SnapshotStore, tmp_path: Path) -> None:
    update = update_snapshot(store, Sources(str(tmp_path / "nowhere"), ("npm",)), NOW)
    assert update.feeds[0].failure
    database = store.open_current(tmp_path / "cache")
    assert database is not None
    assert database.ecosystems == ()


def test_a_missing_previous_snapshot_is_built_anew(store: SnapshotStore, tmp_path: Path) -> None:
    write_feed(tmp_path, "npm", [record("GHSA-1", fixed_in("npm", "a", "2.0.0"))])
    first = update_snapshot(store, Sources(str(tmp_path), ("npm",)), NOW)
    store.container.delete(f"snapshots/{first.snapshot}.sqlite")
    again = update_snapshot(store, Sources(str(tmp_path), ("npm",)), NOW)
    assert again.snapshot == first.snapshot
    assert _advisories(store, tmp_path / "cache") == ["GHSA-1"]


def _updated(store: SnapshotStore, base: Path, *names: str) -> ChangeLog:
    write_feed(base, "npm", [record(f"GHSA-{name}", fixed_in("npm", name, "2.0.0")) for name in names])
    return update_snapshot(store, Sources(str(base), ("npm",)), NOW).changes


def test_every_update_adds_to_the_log_of_changes(store: SnapshotStore, tmp_path: Path) -> None:
    first = _updated(store, tmp_path, "a")
    second = _updated(store, tmp_path, "a", "b")
    third = _updated(store, tmp_path, "b")
    assert first.links == ()
    assert [link.changed for link in third.links] == [{"npm": {"a": ("GHSA-a",)}}, {"npm": {"b": ("GHSA-b",)}}]
    assert [third.steps_since(log.snapshot) for log in (first, second, third)] == [2, 1, 0]
    assert _updated(store, tmp_path, "b") == third
    assert len(list(store.container.names("changes/"))) == 1


@pytest.mark.parametrize(
    "content",
    [b"", b"garbage", gzip.compress(b"{", mtime=0), gzip.compress(b"[]", mtime=0), None],
    ids=["empty", "garbage", "half-json", "other-json", "missing"],
)
def test_a_log_of_changes_that_is_lost_is_begun_anew(
    store: SnapshotStore, tmp_path: Path, content: bytes | None
) -> None:
    first, second = _updated(store, tmp_path, "a"), _updated(store, tmp_path, "a", "b")
    (name,) = store.container.names("changes/")
    if content is None:
        store.container.delete(name)
    else:
        store.container.write(name, content)
    third = _updated(store, tmp_path, "b")
    assert [third.steps_since(log.snapshot) for log in (first, second, third)] == [None, 1, 0]


def test_what_changed_since_a_snapshot_that_is_gone_cannot_be_told(store: SnapshotStore, tmp_path: Path) -> None:
    first = _updated(store, tmp_path, "a")
    store.container.delete(f"snapshots/{first.snapshot}.sqlite")
    second = _updated(store, tmp_path, "a", "b")
    assert second == ChangeLog(second.snapshot)
