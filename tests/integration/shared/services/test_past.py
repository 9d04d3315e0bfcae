"""Trends and exposure over the real storage emulator: what rows and index say is what the log says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from benchmarks.preparation.events import image_number, write_events
from shared.bootstrap import App
from shared.domain.criteria import Criteria
from shared.domain.events import FindingDisabled, ImageDeleted
from shared.domain.exposure import Outcome
from shared.domain.exposure_figures import DEFAULT_TARGETS
from shared.domain.image import fold
from shared.domain.rules import RuleScope
from shared.domain.trends import Totals, TrendPoint, spaced
from shared.eventlog.streams import image_stream
from shared.services.commands import command
from shared.services.query_exposure import ExposureQuestion
from shared.services.query_images import ImageFilter
from shared.settings import Settings
from tests.support.azurite import Azurite

STREAMS, FINDINGS = 12, 50
PUSHED = datetime(2026, 1, 5, tzinfo=UTC)


@pytest.fixture
def app(azurite: Azurite, tmp_path: Path) -> App:
    """An installation with images of weekly scans, of which one was deleted, and a rule, all of it projected."""
    storage = azurite.fresh_account()
    write_events(storage, STREAMS)
    app = App(Settings(storage_connection=storage, cache_dir=str(tmp_path), index_seconds=0))
    told = command("gone", "gone", at=app.clock(), actor="tests", cause="tests")
    app.transactor.run(image_stream(image_number(3)), fold, told, lambda state: [ImageDeleted("team/app3")])
    rule = FindingDisabled("r1", RuleScope(), Criteria(("CVE-2026-050000",)), "accepted", "me")
    app.disable_findings.disable(rule)
    project(app)
    return app


def project(app: App) -> None:
    for number in range(STREAMS):
        app.project.image(image_number(number))


def listed(app: App, at: datetime) -> TrendPoint:
    totals = Totals()
    for answer in app.query_images.images_matching(ImageFilter(), at):
        totals.add(answer.health)
    return totals.at(at)


def test_every_point_of_a_trend_is_what_the_images_as_of_it_add_up_to(app: App) -> None:
    times = spaced(PUSHED - timedelta(days=1), app.clock(), 6)
    points = app.query_trends(ImageFilter(), times)
    assert points == [listed(app, at) for at in times]
    assert [sum(point.images.values()) for point in points] == [0, *[STREAMS] * 4, STREAMS - 1]
    assert points[-1].disabled_findings == 1


def test_what_is_rebuilt_has_the_same_past(app: App) -> None:
    build = app.rebuild.begin()
    assert app.rebuild.replay(build, lambda done: None) == []
    found = app.compare_generations(build.number, lambda done: None)
    assert (found.images, found.corrected, found.wrong) == (STREAMS, [], [])


def test_exposure_is_told_of_all_images_and_of_each(app: App) -> None:
    now = app.clock()
    told = app.query_exposure(ExposureQuestion(ImageFilter(), None, PUSHED, now, DEFAULT_TARGETS))
    assert (told.total.open, told.total.disabled) == ((STREAMS - 1) * FINDINGS, 1)
    assert (told.total.remediated, told.total.past_target) == (FINDINGS, (STREAMS - 1) * FINDINGS)
    before = now - timedelta(days=30)
    then = app.query_exposure(ExposureQuestion(ImageFilter(), None, PUSHED, before, DEFAULT_TARGETS))
    assert (then.total.open, then.total.disabled, then.total.remediated) == (STREAMS * FINDINGS, 0, 0)
    deleted = app.query_exposure.one(image_number(3), now)
    assert {one.how for one in deleted.clocks} == {Outcome.DELETED}
    assert len(deleted.clocks) == FINDINGS
