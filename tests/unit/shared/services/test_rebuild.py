"""Rebuilds: a new generation that equals the log, whatever happens while it is made."""

from __future__ import annotations

import pytest
from azure.core.exceptions import HttpResponseError

from shared.domain.criteria import Criteria
from shared.domain.events import FindingDisabled
from shared.domain.image_health import Health
from shared.domain.rules import RuleScope
from shared.domain.severity import Severity
from shared.eventlog.interface import History
from shared.eventlog.keys import escape
from shared.eventlog.streams import image_stream
from shared.projections.builds import PARTS, Build
from shared.projections.generations import Generation
from shared.projections.pointer import Pointer, WrongStep, roll_back
from shared.projections.projector import STALLED
from shared.projections.replay import BrokenStream, Replay
from shared.services.rebuild import RebuildStopped
from shared.storage.tables import Row
from tests.support.examples import deletion, digest, finding, image_id, push, report
from tests.support.memory_app import MemoryAdvisories, MemoryApp
from tests.support.memory_storage import MemoryTable
from tests.support.poison import PoisonedApp

IMAGES = 40


def filled(app: MemoryApp | None = None) -> MemoryApp:
    """Return an app with images of every health: scanned, waived, deleted, not scanned yet."""
    app = app or MemoryApp()
    app.world.advisories = MemoryAdvisories(report=report([finding("CVE-1"), finding("CVE-2", Severity.LOW)]))
    for number in range(1, IMAGES):
        app.record_push(push(f"e{number}", number, tag=f"v{number}"))
    app.work()
    app.disable_findings.disable(FindingDisabled("r1", RuleScope(), Criteria(("CVE-1",)), "why", "me"))
    app.receive_event.record_deletion(deletion("d1", 1, minute=1))
    app.work()
    app.record_push(push("last", IMAGES, tag="last"))
    app.projections_queue.take()
    return app


def rows(generation: Generation) -> dict[tuple[str, str], dict[str, object]]:
    found: dict[tuple[str, str], dict[str, object]] = {}
    for table in (generation.images.table, generation.billing.table):
        assert isinstance(table, MemoryTable)
        found |= {key: dict(row) for key, (row, _) in table.rows.items()}
    return found


def too_large() -> HttpResponseError:
    error = HttpResponseError("a row holds 1 MiB")
    error.error_code = "EntityTooLarge"  # type: ignore[attr-defined]
    return error


def ignore(done: int) -> None:
    """Watch no progress."""


def rebuilt(app: MemoryApp) -> Build:
    build = app.rebuild.begin()
    assert app.rebuild.replay(build, ignore) == []
    return build


def test_a_new_generation_is_row_for_row_what_the_live_one_is_once_hints_are_followed() -> None:
    app = filled()
    build = rebuilt(app)
    app.projector.project(image_id(IMAGES))
    live, built = app.generations.number(1), app.generations.number(build.number)
    assert rows(built) == rows(live)
    assert len(rows(built)) == IMAGES + (IMAGES - 1) + 1


def test_progress_counts_every_stream_once() -> None:
    app = filled()
    build = app.rebuild.begin()
    done: list[int] = []
    app.rebuild.replay(build, done.append)
    assert build.streams == sum(done) == app.builds.replayed(build.number) == IMAGES


def test_readers_stay_with_the_live_generation_until_the_switch() -> None:
    app = filled()
    build = rebuilt(app)
    assert app.generations.live().number == 1
    app.rebuild.switch(build)
    assert app.generations.live().number == 2
    assert app.health(2).health is Health.UNHEALTHY
    app.generations.change(roll_back)
    assert app.generations.pointer() == Pointer(live=1, kept=(2,), newest=2)


def test_hints_feed_the_new_generation_and_the_kept_one() -> None:
    app = filled()
    build = rebuilt(app)
    app.record_push(push("e100", 100, tag="while"))
    app.work()
    app.rebuild.switch(build)
    app.record_push(push("e101", 101, tag="after"))
    app.work()
    one, two = app.generations.number(1), app.generations.number(2)
    assert rows(one) == rows(two)
    assert one.images.version(image_id(100)) > 0
    assert one.images.version(image_id(101)) > 0


def test_an_image_that_a_hint_projected_first_is_left_to_the_projector() -> None:
    app = filled()
    app.rebuild.begin()
    app.projector.project(image_id(3))
    build = rebuilt(app)
    app.projector.project(image_id(IMAGES))
    assert rows(app.generations.number(build.number)) == rows(app.generations.number(1))


@pytest.mark.parametrize("writes", range(0, 60, 7))
def test_a_rebuild_that_is_killed_goes_on_and_ends_alike(writes: int) -> None:
    app = filled()
    build = app.rebuild.begin()
    table = app.generations.number(build.number).images.table
    assert isinstance(table, MemoryTable)
    progress = app.builds.table
    assert isinstance(progress, MemoryTable)
    progress.before_write.extend([lambda: None] * writes + [_die])
    killed = False
    try:
        app.rebuild.replay(build, ignore)
    except MemoryError:
        killed = True
    progress.before_write.clear()
    app.rebuild.stopped.clear()

    assert app.rebuild.begin() == build
    assert app.rebuild.replay(build, ignore) == []
    app.projector.project(image_id(IMAGES))
    assert rows(app.generations.number(build.number)) == rows(app.generations.number(1))
    assert app.builds.replayed(build.number) == IMAGES
    assert killed is (writes < 2 * PARTS)  # a mark for the one batch of each part, and one for its end


def test_a_rebuild_that_was_finished_replays_nothing_again() -> None:
    app = filled()
    build = rebuilt(app)
    before = rows(app.generations.number(build.number))
    etags = _etags(app, build.number)
    assert app.rebuild.replay(build, ignore) == []
    assert (rows(app.generations.number(build.number)), _etags(app, build.number)) == (before, etags)


def test_a_rebuild_that_is_asked_to_stop_says_so_and_can_go_on() -> None:
    app = filled()
    build = app.rebuild.begin()
    app.rebuild.stopped.set()
    with pytest.raises(RebuildStopped, match="generation 2 was stopped"):
        app.rebuild.replay(build, ignore)
    app.rebuild.stopped.clear()
    assert app.rebuild.replay(build, ignore) == []


def test_restart_gives_the_unfinished_generation_up_for_the_next_number() -> None:
    app = filled()
    rebuilt(app)
    build = app.rebuild.begin(restart=True)
    assert (build.number, app.builds.replayed(3)) == (3, 0)
    assert app.tables["images2"].rows == {}
    with pytest.raises(WrongStep, match="not being built"):
        app.rebuild.switch(Build(2, "", build.started_at, 0))


def test_a_generation_that_was_begun_with_other_rules_of_projection_is_made_anew() -> None:
    app = filled()
    build = rebuilt(app)
    app.builds.put(Build(build.number, "2-low", build.started_at, build.streams), ())
    assert app.rebuild.begin().revision == app.projector.revision
    assert app.builds.replayed(build.number) == 0


def test_a_poison_event_fails_its_stream_only_and_is_told() -> None:
    app = PoisonedApp()
    filled(app)
    poisoned = image_stream(image_id(5))
    app.poison(poisoned)
    build = app.rebuild.begin()
    assert app.rebuild.replay(build, ignore) == [str(poisoned)]
    [letter] = app.dead_letters.all("projections")
    assert (letter.content, "image-weighed" in letter.error) == (str(poisoned), True)
    built = app.generations.number(build.number)
    carried = built.images.get(image_id(5))
    assert carried is not None
    assert carried[0].answer.health.health is Health.NOT_ASSESSED
    assert app.health(5).health is Health.NOT_ASSESSED
    assert all(built.images.get(image_id(number)) for number in (4, 6, IMAGES))

    app.mend()
    assert app.rebuild.replay(build, ignore) == []
    mended = built.images.get(image_id(5))
    assert mended is not None
    assert mended[0].answer.health.health is Health.UNHEALTHY


def test_a_row_that_is_too_large_for_storage_fails_its_stream_only(monkeypatch: pytest.MonkeyPatch) -> None:
    app = filled()
    build = app.rebuild.begin()
    written = MemoryTable._write

    def write(self: MemoryTable, row: Row) -> None:
        if self.name == "images2" and row["RowKey"] == escape(digest(5)) and row["revision"] != STALLED:
            raise too_large()
        written(self, row)

    monkeypatch.setattr(MemoryTable, "_write", write)
    assert app.rebuild.replay(build, ignore) == [str(image_stream(image_id(5)))]
    built = app.generations.number(build.number)
    assert all(built.images.get(image_id(number)) for number in range(1, IMAGES + 1))
    assert app.health(5).health is Health.NOT_ASSESSED


def test_a_stalled_image_stays_on_the_bill_of_the_new_generation() -> None:
    app = PoisonedApp()
    filled(app)
    app.poison(image_stream(image_id(5)))
    build = app.rebuild.begin()
    app.rebuild.replay(build, ignore)
    one, two = (generation.billing for generation in app.generations.fed())
    assert list(one.entries()) == list(two.entries())
    assert one.total("2026-11") == two.total("2026-11")


def test_only_a_generation_that_was_replayed_to_its_end_is_switched_to() -> None:
    app = filled()
    build = app.rebuild.begin()
    for part in range(PARTS):
        with pytest.raises(WrongStep, match="not been replayed to its end"):
            app.rebuild.switch(build)
        app.rebuild.replay_part(build, ignore, part)
    assert app.rebuild.switch(build).live == build.number


def _etags(app: MemoryApp, number: int) -> list[str]:
    table = app.generations.number(number).images.table
    assert isinstance(table, MemoryTable)
    return [etag for _, etag in table.rows.values()]


def _die() -> None:
    raise MemoryError("the process is gone")


def test_a_stream_that_lacks_an_event_is_never_projected_as_if_it_were_whole() -> None:
    app = filled()
    replay = Replay(app.projector, app.generations.number(2))
    name = image_stream(image_id(5))
    events = app.log.load(name).events
    [failure] = replay([History(name, lambda: (*events[:1], *events[2:]))])
    assert (failure.image, type(failure.error)) == (image_id(5), BrokenStream)
    assert rows(app.generations.number(2)) == {}


def test_what_is_appended_while_its_stream_is_read_comes_with_its_hint() -> None:
    app = filled()
    app.rebuild.begin()
    built = app.generations.number(2)
    name = image_stream(image_id(5))
    before = app.log.load(name).events
    app.record_push(push("e200", 5, minute=9, tag="meanwhile"))
    assert Replay(app.projector, built)([History(name, lambda: before)]) == []
    assert built.images.version(image_id(5)) == len(before)
    app.work()
    assert built.images.version(image_id(5)) == app.stream(5).version


def test_the_first_rebuild_of_an_empty_installation_is_done_at_once() -> None:
    app = MemoryApp()
    build = rebuilt(app)
    app.rebuild.switch(build)
    assert (build.streams, app.generations.pointer().live) == (0, 2)
