"""New advisories that concern many images: the first are asked for at once, the rest by a walk through all images."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from azure.core.exceptions import ServiceRequestError

from shared.advisories.change_log import ChangeLog
from shared.domain.events import AdvisoryChange, ScanRequested
from shared.domain.messages import Walk, WalkMessage
from shared.eventlog.keys import escape
from shared.eventlog.streams import image_stream
from shared.services.request_scan import RequestScan
from shared.services.rescan_affected import RescanAffected
from shared.services.walk import Slice
from tests.support.change_logs import put_in_force
from tests.support.examples import START, digest, image_id, inventory, package, push
from tests.support.memory_app import MemoryAdvisories, MemoryApp
from tests.support.poison import PoisonedApp

FIRST = ChangeLog("snapshot-1")
LOG = FIRST.followed_by("snapshot-2", {"Debian:12": {"openssl": ("DSA-1",)}})
AFFECTED, OTHERS = range(1, 7), range(7, 10)


@pytest.fixture
def app() -> PoisonedApp:
    """Nine images, of which six have openssl, and the snapshot with its advisory in force."""
    app = PoisonedApp()
    for number in (*AFFECTED, *OTHERS):
        app.world.inventory = inventory(package("openssl" if number in AFFECTED else "bash"))
        app.record_push(push(f"e{number}", number))
        app.work()
    put_in_force(app.snapshots, LOG)
    return app


def rescan(app: MemoryApp, at_once: int = 2) -> RescanAffected:
    """Give the service as it would be if two images were many."""
    walker = replace(app.walker, at_once=Slice(1, timedelta(minutes=1)))
    return replace(app.rescan_affected, walker=walker, at_once=at_once)


def worked_off(app: MemoryApp) -> int:
    """Take the walk to its end; return how many messages that took."""
    messages = 0
    while waiting := app.walks_queue.take():
        for message in waiting:
            assert isinstance(message, WalkMessage)
            app.work_walks.go_on(message)
            messages += 1
    return messages


def causes(app: MemoryApp, number: int) -> list[AdvisoryChange]:
    events = [one.event for one in app.stream(number).events]
    return [event.changed for event in events if isinstance(event, ScanRequested) and event.changed]


def test_few_are_asked_for_at_once_without_a_walk(app: MemoryApp) -> None:
    assert rescan(app, at_once=len(AFFECTED))(LOG) == len(AFFECTED)
    assert app.walks_queue.take() == []
    assert list(app.walk_states.all()) == []


def test_of_many_every_one_is_asked_for_once_and_nobody_else(app: MemoryApp) -> None:
    assert 2 <= rescan(app)(LOG) <= 3
    assert worked_off(app) > 1
    assert [len(causes(app, number)) for number in AFFECTED] == [1] * len(AFFECTED)
    assert [len(causes(app, number)) for number in OTHERS] == [0] * len(OTHERS)
    assert {causes(app, number)[0].packages for number in AFFECTED} == {("Debian:12/openssl",)}


def test_a_refresh_that_comes_again_meanwhile_asks_for_nothing_twice(app: MemoryApp) -> None:
    rescan(app)(LOG)
    rescan(app)(LOG)
    worked_off(app)
    assert [len(causes(app, number)) for number in AFFECTED] == [1] * len(AFFECTED)


def test_what_counts_is_the_snapshot_in_force_when_a_slice_begins(app: MemoryApp) -> None:
    rescan(app)(LOG)
    put_in_force(app.snapshots, LOG.followed_by("snapshot-3", {}))
    worked_off(app)
    assert {causes(app, number)[-1].snapshot for number in AFFECTED} == {"snapshot-2", "snapshot-3"}
    app.world.advisories = MemoryAdvisories("snapshot-3")
    app.work()
    assert {app.health(number).last_scan.advisory_snapshot for number in AFFECTED} == {"snapshot-3"}  # type: ignore[union-attr]


def test_while_the_plan_is_off_nothing_is_asked_for(app: MemoryApp) -> None:
    rescan(app)(LOG)
    before = [len(causes(app, number)) for number in AFFECTED]
    app.change_plan(on=False, reason="because", actor="ann", request_id="r1")
    worked_off(app)
    assert [len(causes(app, number)) for number in AFFECTED] == before
    assert rescan(app)(LOG) == 0


def test_an_image_whose_row_cannot_be_read_holds_up_no_other_of_a_walk(app: MemoryApp) -> None:
    rescan(app)(LOG)
    left = next(number for number in AFFECTED if not causes(app, number))
    rows = app.tables["images1"].rows
    key = next(key for key in rows if key[1] == escape(digest(left)))
    rows[key] = ({name: value for name, value in rows[key][0].items() if name != "scan"}, rows[key][1])
    worked_off(app)
    assert all(causes(app, number) for number in AFFECTED if number != left)


@pytest.mark.parametrize("at_once", [3, len(AFFECTED)])
def test_an_image_whose_events_cannot_be_read_holds_up_no_other(app: PoisonedApp, at_once: int) -> None:
    first = next(app.images.matched()).image
    app.poison(image_stream(first))
    assert rescan(app, at_once)(LOG) >= at_once - 1
    worked_off(app)
    app.mend()
    assert [number for number in AFFECTED if not causes(app, number)] == [
        number for number in AFFECTED if image_id(number) == first
    ]


@pytest.mark.parametrize("failing", range(4))
def test_storage_that_fails_meanwhile_leaves_the_rest_to_a_walk(
    app: MemoryApp, monkeypatch: pytest.MonkeyPatch, failing: int
) -> None:
    asked, ask = 0, RequestScan.of_image

    def of_image(self: RequestScan, *about: Any, **told: Any) -> bool:
        nonlocal asked
        asked += 1
        if asked == failing + 1:
            raise ServiceRequestError("the connection was closed")
        return ask(self, *about, **told)

    monkeypatch.setattr(RequestScan, "of_image", of_image)
    assert rescan(app, at_once=len(AFFECTED))(LOG) >= failing
    worked_off(app)
    assert [len(causes(app, number)) for number in AFFECTED] == [1] * len(AFFECTED)


def test_slices_share_what_is_made_ready(app: MemoryApp) -> None:
    message = WalkMessage(Walk.ADVISORIES, START)
    one, other = app.rescan_affected.visitor(message), app.rescan_affected.visitor(message)
    [kept] = app.rescan_affected._made_ready
    assert kept() is not None
    del one, other
    assert kept() is None
