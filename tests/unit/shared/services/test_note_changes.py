"""Notices over whole histories: each change once, whatever is delivered twice, and none by a rebuild."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import pytest
from hypothesis import given, settings

from shared.advisories.change_log import ChangeLog
from shared.domain.image_health import Health
from shared.domain.messages import Hint, ScanMessage
from shared.domain.registry_resources import stand_in
from shared.domain.severity import Severity
from shared.eventlog.memory_log import MemoryEventLog
from shared.eventlog.streams import image_stream
from shared.projections.outbox import PARTITIONS, Outbox
from shared.settings import Settings
from shared.storage.tables import RowChanged
from tests.support.examples import REGISTRY, deletion, finding, image_id, push, report
from tests.support.histories import histories, live
from tests.support.memory_app import MemoryAdvisories, MemoryApp
from tests.support.memory_storage import MemoryTable

TOPIC = Settings(registries=(REGISTRY,), notification_topic_endpoint="https://topic", notify_from=Severity.HIGH)
FLAW = report([finding("CVE-1")])


def waiting(app: MemoryApp) -> list[dict[str, Any]]:
    found = [one for partition in PARTITIONS for one in app.outbox.waiting(partition, 10_000)]
    return [one.event for one in sorted(found, key=lambda one: one.row)]


def told(app: MemoryApp) -> list[str]:
    return [event["type"].rpartition(".")[2] for event in waiting(app)]


def installation() -> MemoryApp:
    app = MemoryApp(TOPIC)
    app.world.advisories = MemoryAdvisories(report=FLAW)
    return app


def advise(app: MemoryApp, *flaws: str, snapshot: str) -> None:
    app.world.clock.forward(minutes=1)
    app.world.advisories = MemoryAdvisories(snapshot, report([finding(flaw) for flaw in flaws]))
    app.rescan_affected(ChangeLog(snapshot))
    app.work()


def test_a_push_of_a_bad_image_is_told_once_with_what_is_wrong() -> None:
    app = installation()
    app.record_push(push("e1"))
    app.work()
    [event] = waiting(app)
    assert (event["type"], event["source"]) == (
        "Plimsoll.Image.Unhealthy",
        stand_in(REGISTRY, TOPIC.subscription_id).id,
    )
    assert event["subject"] == f"{app.health().repository}@{app.health().digest}"
    data = event["data"]
    assert (data["health"], data["findingCount"], data["severities"]["high"]) == ("unhealthy", 1, 1)
    assert [one["cve"] for one in data["findings"]] == ["CVE-1"]
    for _ in range(3):
        app.project(Hint(str(image_stream(image_id()))))
    app.sweep()
    assert len(waiting(app)) == 1


def test_new_findings_and_the_end_of_them_are_told() -> None:
    app = installation()
    app.record_push(push("e1"))
    app.work()
    advise(app, "CVE-1", "CVE-2", snapshot="s2")
    advise(app, "CVE-1", snapshot="s3")
    advise(app, snapshot="s4")
    assert told(app) == ["Unhealthy", "FindingsAdded", "Resolved"]
    assert [one["cve"] for one in waiting(app)[1]["data"]["findings"]] == ["CVE-2"]


def test_the_deletion_of_a_bad_image_resolves_it() -> None:
    app = installation()
    app.record_push(push("e1"))
    app.work()
    app.receive_event.record_deletion(deletion("d1", minute=2))
    app.work()
    assert told(app) == ["Unhealthy", "Resolved"]
    assert waiting(app)[1]["data"]["health"] == "deleted"


def test_of_images_that_were_there_before_only_what_changes_is_told() -> None:
    quiet = MemoryApp()
    quiet.world.advisories = MemoryAdvisories(report=FLAW)
    quiet.record_push(push("e1"))
    quiet.work()
    assert quiet.tables["notices"].rows == {}
    quiet.world.clock.forward(hours=1)
    again = _over(quiet)
    again.sweep()
    again.work()
    assert waiting(again) == []
    advise(again, "CVE-1", "CVE-2", snapshot="s2")
    assert told(again) == ["FindingsAdded"]


def _over(before: MemoryApp) -> MemoryApp:
    """Return the app with a topic, over what another one without has left."""

    @dataclass(frozen=True)
    class Later(MemoryApp):
        def make_log(self) -> MemoryEventLog:
            return cast(MemoryEventLog, before.log)

    return Later(TOPIC, before.world, before.tables, before.containers, before.queues)


def test_a_rebuild_tells_nothing() -> None:
    app = installation()
    app.record_push(push("e1"))
    app.work()
    before = waiting(app)
    build = app.rebuild.begin()
    app.rebuild.replay(build, lambda count: None)
    app.rebuild.switch(build)
    app.work()
    assert waiting(app) == before
    advise(app, snapshot="s2")
    assert told(app) == ["Unhealthy", "Resolved"]


def test_two_at_once_leave_one_notice() -> None:
    app = installation()
    app.record_push(push("e1"))
    for message in app.scans_queue.take():
        app.run_scan(cast(ScanMessage, message), last_attempt=True)
    app.projector.project(image_id())
    note = app.note_changes
    assert note is not None
    app.outbox.since(app.world.clock())

    def somebody_else() -> None:
        note(image_id())

    app.tables["notices"].before_write.append(somebody_else)
    note(image_id())
    assert told(app) == ["Unhealthy"]


def test_a_death_between_the_row_and_the_notice_loses_none(monkeypatch: pytest.MonkeyPatch) -> None:
    app = installation()
    app.record_push(push("e1"))

    def dies(self: MemoryTable, operations: object) -> None:
        raise RowChanged("the worker died here")

    with monkeypatch.context() as broken:
        broken.setattr(MemoryTable, "transact", dies)
        with pytest.raises(RowChanged):
            app.work()
    app.sweep()
    app.work()
    assert told(app) == ["Unhealthy"]


def test_what_cannot_be_noted_is_a_dead_letter_and_the_projection_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    app = installation()
    app.record_push(push("e1"))
    assert app.note_changes is not None

    def fails(self: Outbox, *arguments: object) -> None:
        raise ValueError("odd")

    with monkeypatch.context() as broken:
        broken.setattr(Outbox, "note", fails)
        app.work()
    assert app.health().health is Health.UNHEALTHY
    [letter] = app.dead_letters.all("notices")
    assert letter.error == "ValueError: odd"
    assert app.requeue(letter) == ""
    assert told(app) == ["Unhealthy"]


@settings(max_examples=60, deadline=None)
@given(histories)
def test_over_any_history_the_last_turn_that_was_told_is_how_an_image_stands(deeds: list[tuple[str, int]]) -> None:
    """Turns alternate for each image; what was told last is what is shown, as far as that is a verdict."""
    app = MemoryApp(TOPIC)
    for deed, number in deeds:
        live(app, deed, number)
    assert len({event["id"] for event in waiting(app)}) == len(waiting(app))
    for about, row in app.images.all():
        turns = [event["type"] for event in waiting(app) if event["data"]["digest"] == about.digest]
        turns = [turn for turn in turns if not turn.endswith("FindingsAdded")]
        assert turns == ["Plimsoll.Image.Unhealthy", "Plimsoll.Image.Resolved"] * (len(turns) // 2) + turns[:1] * (
            len(turns) % 2
        )
        stands = row.answer.health.health if row.answer.listed else Health.HEALTHY
        if stands in (Health.HEALTHY, Health.UNHEALTHY):
            assert len(turns) % 2 == (stands is Health.UNHEALTHY)
