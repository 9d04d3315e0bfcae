"""The refresh: real snapshots of small feeds, kept in containers in memory."""

from dataclasses import replace
from pathlib import Path

import pytest

from shared.advisories.feeds import Sources
from shared.services.refresh_advisories import RefreshAdvisories
from tests.support.examples import push
from tests.support.memory_app import MemoryAdvisories, MemoryApp
from tests.support.memory_storage import MemoryBlobs
from tests.unit.shared.advisories.osv_samples import fixed_in, record, write_feed


def refreshing(app: MemoryApp, base: Path, *extra: Path) -> RefreshAdvisories:
    """Return the refresh of an app from the feeds under a directory."""
    sources = Sources(str(base), ("Debian",), tuple(str(one) for one in extra))
    return replace(app.refresh_advisories, sources=sources)


def feed(base: Path, *names: str) -> None:
    write_feed(base, "Debian", [record(name, fixed_in("Debian:12", "openssl", "3.0.2")) for name in names])


def without_advisories() -> MemoryApp:
    app = MemoryApp()
    app.world.advisories = None
    app.record_push(push("e1"))
    app.work()
    return app


def test_the_first_refresh_puts_a_snapshot_in_force_and_scans_what_waited_for_it(tmp_path: Path) -> None:
    app = without_advisories()
    feed(tmp_path, "DEBIAN-CVE-2026-0001")
    refresh = refreshing(app, tmp_path)
    assert refresh.status() == {"snapshot": None, "publishedAt": None, "size": 0, "records": 0, "feeds": []}
    refresh()
    status = refresh.status()
    assert status["snapshot"]
    assert [one["ecosystem"] for one in status["feeds"]] == ["Debian"]
    assert (status["feeds"][0]["refreshed"], status["records"]) == ("whole", 1)
    assert status["size"] == len(app.containers["advisories"].blobs[f"snapshots/{status['snapshot']}.sqlite"])
    app.world.advisories = MemoryAdvisories(status["snapshot"])
    app.work()
    assert app.health().charged


def test_a_refresh_without_news_scans_nothing_again(tmp_path: Path) -> None:
    app = without_advisories()
    feed(tmp_path, "DEBIAN-CVE-2026-0001")
    refresh = refreshing(app, tmp_path)
    refresh()
    app.world.advisories = MemoryAdvisories(refresh.status()["snapshot"])
    app.work()
    version = app.stream().version
    refresh()
    assert app.stream().version == version


def test_what_lies_near_is_in_force_before_the_public_feeds_are_fetched(tmp_path: Path) -> None:
    app = without_advisories()
    feed(tmp_path / "near", "DEBIAN-CVE-2026-0001")
    (tmp_path / "near" / "ecosystems.txt").write_text("Debian\n")
    feed(tmp_path / "public", "DEBIAN-CVE-2026-0002")
    refresh = refreshing(app, tmp_path / "public", tmp_path / "near")
    refresh()
    assert len([name for name in app.containers["advisories"].blobs if name.endswith(".sqlite")]) == 2
    refresh()
    assert len(refresh.status()["feeds"]) >= 2


def test_a_feed_that_cannot_be_read_is_told_and_stops_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    app = without_advisories()
    refreshing(app, tmp_path / "nowhere")()
    assert "Debian" in caplog.text


def test_a_refresh_that_another_overtook_gives_way(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    app = without_advisories()
    feed(tmp_path, "DEBIAN-CVE-2026-0001")
    refresh = refreshing(app, tmp_path)
    refresh()
    winner = refresh.status()["snapshot"]
    feed(tmp_path, "DEBIAN-CVE-2026-0001", "DEBIAN-CVE-2026-0002")
    container = refresh.store.container
    assert isinstance(container, MemoryBlobs)
    pointer = container.blobs["current.json"]

    class Overtaken(MemoryBlobs):
        def upload_file(self, name: str, path: Path) -> None:
            super().upload_file(name, path)
            self.blobs["current.json"] = pointer + b" "

    overtaken = replace(refresh, store=replace(refresh.store, container=Overtaken(blobs=container.blobs)))
    with caplog.at_level("INFO"):
        overtaken()
    assert "another update was faster" in caplog.text
    assert refresh.status()["snapshot"] == winner
