"""Only images that the changes concern are matched again, and the event says which changes those were."""

from collections.abc import Mapping

import pytest

from shared.advisories.change_log import ChangeLog
from shared.domain.events import AdvisoryChange, ScanRequested
from shared.domain.failures import FailureReason, ScanFailure
from tests.support.examples import image_id, inventory, package, push
from tests.support.memory_app import MemoryAdvisories, MemoryApp

type Changed = Mapping[str, Mapping[str, tuple[str, ...]]]

FIRST = ChangeLog("snapshot-1")
OPENSSL = {"Debian:12": {"openssl": ("DEBIAN-CVE-2026-1", "DSA-1")}}
BASH = {"Debian:12": {"bash": ("DEBIAN-CVE-2026-2",)}}


def app_with(**images: str) -> MemoryApp:
    """Return an app with an image of one package each, matched with the first snapshot; the name tells its number."""
    app = MemoryApp()
    for number, name in enumerate(images.values(), 1):
        app.world.inventory = inventory(package(name))
        app.record_push(push(f"e{number}", number))
        app.work()
    return app


def asked(app: MemoryApp, log: ChangeLog) -> Mapping[int, AdvisoryChange]:
    """Ask for the scans that new advisories need; return the causes by number of the image."""
    numbers = {image_id(number): number for number in range(1, 9)}
    causes = {numbers[found.image]: cause for found, cause in app.rescan_affected.affected(log)}
    assert app.rescan_affected(log) == len(causes)
    return causes


def test_only_images_with_a_package_whose_advisories_changed_are_matched_again() -> None:
    app = app_with(one="openssl", two="bash")
    causes = asked(app, FIRST.followed_by("snapshot-2", OPENSSL))
    assert causes == {
        1: AdvisoryChange(
            since="snapshot-1",
            snapshot="snapshot-2",
            packages=("Debian:12/openssl",),
            package_count=1,
            advisories=("DEBIAN-CVE-2026-1", "DSA-1"),
            advisory_count=2,
        )
    }
    requested = app.stream(1).events[-1].event
    assert isinstance(requested, ScanRequested)
    assert requested.changed == causes[1]


def test_an_image_that_nothing_concerned_is_compared_with_the_snapshot_it_was_matched_with() -> None:
    app = app_with(one="openssl", two="bash")
    log = FIRST.followed_by("snapshot-2", OPENSSL)
    asked(app, log)
    app.world.advisories = MemoryAdvisories("snapshot-2")
    app.work()
    causes = asked(app, log.followed_by("snapshot-3", BASH))
    assert {number: cause.since for number, cause in causes.items()} == {2: "snapshot-1"}


def test_what_a_refresh_left_undone_is_done_by_the_next() -> None:
    app = app_with(one="openssl", two="bash")
    log = FIRST.followed_by("snapshot-2", OPENSSL).followed_by("snapshot-3", BASH).followed_by("snapshot-4", {})
    causes = asked(app, log)
    assert {number: cause.packages for number, cause in causes.items()} == {
        1: ("Debian:12/openssl",),
        2: ("Debian:12/bash",),
    }


def test_a_release_that_is_covered_from_now_on_concerns_its_images() -> None:
    app = app_with(one="openssl")
    causes = asked(app, FIRST.followed_by("snapshot-2", {"Debian:12": {"": ()}, "npm": {"": ()}}))
    assert causes[1].ecosystems == ("Debian:12",)
    assert causes[1].package_count == 0


def test_changes_of_other_releases_and_ecosystems_concern_nobody() -> None:
    app = app_with(one="openssl")
    changed: Changed = {
        "Debian:13": {"openssl": ("X",), "": ()},
        "npm": {"openssl": ("X",)},
        "Debian:12": {"openssh": ("X",)},
    }
    assert asked(app, FIRST.followed_by("snapshot-2", changed)) == {}


def test_an_image_whose_snapshot_is_not_on_record_is_matched_again_to_be_sure() -> None:
    app = app_with(one="openssl")
    assert asked(app, ChangeLog("snapshot-9")) == {1: AdvisoryChange("snapshot-1", "snapshot-9")}


def test_an_image_whose_packages_are_not_on_record_is_matched_again_to_be_sure() -> None:
    app = app_with(one="openssl")
    app.tables["packagesets"].rows.clear()
    assert asked(app, FIRST.followed_by("snapshot-2", BASH)) == {1: AdvisoryChange("snapshot-1", "snapshot-2")}
    assert asked(app, FIRST) == {}


def test_a_rescan_that_failed_is_asked_for_again_by_the_next_snapshot() -> None:
    app = app_with(one="openssl")
    log = FIRST.followed_by("snapshot-2", OPENSSL)
    app.inventories.container.delete(f"{_inventory(app)}.json.gz")
    app.inventories._recent.clear()
    app.world.registry.failure = ScanFailure(FailureReason.MANIFEST_INVALID, "gone mad")
    asked(app, log)
    app.work()
    assert app.health(1).failure is FailureReason.MANIFEST_INVALID
    assert asked(app, log.followed_by("snapshot-3", {}))[1].packages == ("Debian:12/openssl",)


def test_a_refresh_that_comes_again_with_other_words_asks_for_nothing_new() -> None:
    app = app_with(one="openssl")
    assert app.rescan_affected(FIRST.followed_by("snapshot-2", OPENSSL)) == 1
    assert app.rescan_affected(ChangeLog("snapshot-2")) == 0


def test_a_cause_lists_the_first_and_counts_all() -> None:
    app = app_with(one="openssl")
    advisories = tuple(f"DEBIAN-CVE-2026-{number:04d}" for number in range(50))
    (cause,) = asked(app, FIRST.followed_by("snapshot-2", {"Debian:12": {"openssl": advisories}})).values()
    assert (cause.advisories, cause.advisory_count) == (advisories[:20], 50)


def test_a_row_of_an_older_revision_is_left_to_the_sweep() -> None:
    app = app_with(one="openssl")
    ((key, (row, etag)),) = app.tables["images1"].rows.items()
    app.tables["images1"].rows[key] = ({name: row[name] for name in row if name != "package_set"}, etag)
    assert asked(app, ChangeLog("snapshot-2")) == {}
    app.tables["images1"].rows[key] = (row, etag)
    assert list(asked(app, ChangeLog("snapshot-2"))) == [1]


def test_a_set_is_stored_before_the_event_that_names_it() -> None:
    app = MemoryApp()
    app.record_push(push("e1"))

    def fail() -> None:
        raise ConnectionError

    app.tables["packagesets"].before_write.append(fail)
    with pytest.raises(ConnectionError):
        app.work()
    assert app.state(1).last_scan is None
    app.announcer.scan(app.stream(1).name, "push-e1")
    app.work()
    scan = app.state(1).last_scan
    assert scan is not None
    assert app.package_sets.get(scan.event.package_set) == (("Debian:12", ""), ("Debian:12", "openssl"))


def _inventory(app: MemoryApp) -> str:
    scan = app.state(1).last_scan
    assert scan is not None
    return scan.event.inventory
