"""Which images are scanned again, and when."""

from datetime import date
from typing import Any

import pytest

from shared.advisories.change_log import ChangeLog
from shared.domain.events import ImagePulled, ImageTagged, Trigger
from shared.domain.failures import FailureReason, ScanFailure
from shared.domain.image_health import Health
from shared.domain.media_types import DOCKER_MANIFEST
from shared.domain.packages import Distribution, Platform
from shared.eventlog.keys import escape
from shared.services.commands import command
from shared.settings import Settings
from tests.support.examples import REGISTRY, at, deletion, image_id, inventory, pull, push
from tests.support.memory_app import MemoryAdvisories, MemoryApp


def in_use(app: MemoryApp | None = None) -> MemoryApp:
    """Return an app with one image that was scanned and pulled at the start."""
    app = app or MemoryApp()
    app.record_push(push("e1"))
    app.read_pull_log.record_pull(pull())
    app.work()
    return app


def last_scan(app: MemoryApp) -> tuple[str, str]:
    scan = app.health().last_scan
    assert scan is not None
    return scan.id, scan.trigger


def test_an_image_in_use_is_scanned_again_after_a_week() -> None:
    app = in_use()
    app.world.clock.forward(days=7)
    assert app.rescan.weekly() == 1
    app.work()
    assert last_scan(app) == ("rescan-2026W46", Trigger.RESCAN)


def test_an_image_whose_row_cannot_be_read_holds_up_no_other() -> None:
    app = in_use()
    for number in range(2, 6):
        app.record_push(push(f"e{number}", number))
        app.read_pull_log.record_pull(pull(f"p{number}", number))
    app.work()
    app.world.clock.forward(days=7)
    rows = app.generations.live().images.table
    found = rows.get(escape(REGISTRY), escape(image_id().digest))
    assert found is not None
    rows.upsert({**found[0], "answer_0": b"?"})
    assert app.rescan.weekly() == 4


def test_the_same_timer_again_asks_for_nothing() -> None:
    app = in_use()
    app.world.clock.forward(days=7)
    assert (app.rescan.weekly(), app.rescan.weekly()) == (1, 0)
    app.work()
    assert app.rescan.weekly() == 0


@pytest.mark.parametrize(
    ("days", "hours", "due"), [(6, 0, 0), (6, 11, 0), (6, 12, 1), (7, 0, 1), (29, 0, 1), (31, 0, 0)]
)
def test_a_rescan_is_due_from_a_week_less_the_time_a_scan_takes_until_nobody_pulls_any_more(
    days: int, hours: int, due: int
) -> None:
    app = in_use()
    app.world.clock.forward(days=days, hours=hours)
    assert app.rescan.weekly() == due


def test_an_image_is_scanned_every_week_though_each_scan_ends_after_the_timer() -> None:
    app = in_use()
    for week in range(1, 5):
        app.world.clock.forward(days=6, hours=22)
        app.read_pull_log.record_pull(pull(f"week-{week}", minute=week * 7 * 24 * 60))
        app.projections_queue.take()
        app.projector.project(image_id())
        assert app.rescan.weekly() == 1
        app.world.clock.forward(hours=2)
        app.work()


def test_an_image_may_be_scanned_more_often_than_once_a_week() -> None:
    app = in_use(MemoryApp(Settings(registries=(REGISTRY,), rescan_after_days=2)))
    asked = []
    for _ in range(6):
        app.world.clock.forward(days=1)
        asked.append((app.rescan.weekly(), app.rescan.weekly()))
        app.work()
    assert asked == [(0, 0), (1, 0)] * 3


def test_a_known_image_that_has_no_scan_yet_gets_one() -> None:
    app = MemoryApp()
    tagged = ImageTagged("app", "v1", DOCKER_MANIFEST)
    told = command("push-e1", "", at=at(), actor="ci", cause="e1")
    app.log.append(app.stream(), told, [tagged, ImagePulled("app")])
    app.projector.project(image_id())
    assert app.rescan.weekly() == 1
    app.work()
    assert app.health().charged


def test_an_image_that_nobody_pulled_is_not_rescanned() -> None:
    app = MemoryApp()
    app.record_push(push("e1"))
    app.work()
    app.world.clock.forward(days=8)
    assert app.rescan.weekly() == 0


def test_a_deleted_image_is_not_rescanned() -> None:
    app = in_use()
    app.receive_event.record_deletion(deletion(minute=9))
    app.work()
    app.world.clock.forward(days=8)
    assert app.rescan.weekly() == 0
    assert app.rescan_affected(ChangeLog("snapshot-2")) == 0


def test_advisories_of_which_no_change_is_on_record_rescan_every_image_that_was_matched_with_others() -> None:
    app = in_use()
    assert app.rescan_affected(ChangeLog("snapshot-1")) == 0
    assert app.rescan_affected(ChangeLog("snapshot-2")) == 1
    assert app.rescan_affected(ChangeLog("snapshot-2")) == 0
    app.world.advisories = MemoryAdvisories("snapshot-2")
    app.work()
    assert last_scan(app)[1] == Trigger.ADVISORY
    assert app.rescan_affected(ChangeLog("snapshot-2")) == 0


def test_advisories_that_go_back_to_what_they_were_are_matched_again() -> None:
    app = in_use()
    for snapshot in ("snapshot-2", "snapshot-1", "snapshot-2"):
        app.world.advisories = MemoryAdvisories(snapshot)
        assert app.rescan_affected(ChangeLog(snapshot)) == 1
        app.work()


def test_the_first_advisories_rescan_what_could_not_be_matched_without() -> None:
    app = MemoryApp()
    app.world.advisories = None
    in_use(app)
    app.world.advisories = MemoryAdvisories("snapshot-1")
    assert app.rescan_affected(ChangeLog("snapshot-1")) == 1
    app.work()
    assert app.health().charged


def test_an_image_that_failed_for_another_reason_does_not_wait_for_advisories() -> None:
    app = MemoryApp()
    app.world.registry.failure = ScanFailure(FailureReason.MANIFEST_INVALID, "not json")
    in_use(app)
    assert app.rescan_affected(ChangeLog("snapshot-2")) == 0


def test_an_unsupported_image_is_not_matched_with_new_advisories() -> None:
    app = MemoryApp()
    app.world.registry.platform = Platform("windows", "amd64")
    in_use(app)
    assert app.rescan_affected(ChangeLog("snapshot-2")) == 0


def test_a_scan_of_new_advisories_waits_for_no_open_scan() -> None:
    app = in_use()
    app.world.clock.forward(days=7)
    assert app.rescan.weekly() == 1
    assert app.rescan_affected(ChangeLog("snapshot-2")) == 1


def test_the_weekly_rescan_turns_an_image_whose_release_has_passed_its_end_of_life() -> None:
    app = MemoryApp()
    app.world.inventory = inventory(distribution=Distribution("ubuntu", "22.04", "Ubuntu 22.04 LTS"))
    app.world.clock.forward(days=(date(2027, 6, 1) - app.world.clock().date()).days)
    app.record_push(push("e1"))
    app.read_pull_log.record_pull(pull(minute=7 * 31 * 24 * 60))
    app.work()
    assert app.health().health is Health.HEALTHY
    app.world.clock.forward(days=7)
    assert app.rescan.weekly() == 1
    app.work()
    assert app.health().health is Health.NOT_ASSESSED
    assert app.health().reason.startswith("Ubuntu 22.04 has been past its end of life since 2027-06-01: ")


def test_a_rescan_that_takes_long_goes_on_by_messages(monkeypatch: pytest.MonkeyPatch) -> None:
    app = MemoryApp()
    for number in range(1, 6):
        app.record_push(push(f"e{number}", number, tag=f"v{number}"))
        app.read_pull_log.record_pull(pull(f"p{number}", number))
    app.work()
    app.world.clock.forward(days=7)
    asked: list[str] = []
    request = type(app.request_scan).of_image

    def slow(*args: Any, **kwargs: Any) -> bool:
        app.world.clock.forward(minutes=9)
        asked.append(args[1].digest)
        return request(*args, **kwargs)

    monkeypatch.setattr(type(app.request_scan), "of_image", slow)
    assert app.rescan.weekly() == 1
    assert app.rescan.weekly() == 0
    app.work()
    assert len(set(asked)) == len(asked) == 5
    assert app.rescan.weekly() == 0
