"""Every point of a trend is what the images as of its time add up to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from hypothesis import example, given, settings

from shared.domain import image_past_fold
from shared.domain.trends import Totals, TrendPoint, spaced
from shared.services.query_images import ImageFilter
from tests.support.examples import REGISTRY, START
from tests.support.histories import histories, images, live
from tests.support.memory_app import MemoryApp

FILTERS = (
    ImageFilter(),
    ImageFilter(registry=REGISTRY),
    ImageFilter(registry="fabrikam.azurecr.io"),
    ImageFilter(repository="app"),
    ImageFilter(REGISTRY, "copy"),
)


def listed(app: MemoryApp, wanted: ImageFilter, at: datetime) -> TrendPoint:
    """Add up the list of images as of a time."""
    totals = Totals()
    for answer in app.query_images.images_matching(wanted, at):
        totals.add(answer.health)
    return totals.at(at)


def assert_points(app: MemoryApp, times: Sequence[datetime]) -> None:
    for wanted in FILTERS:
        assert app.query_trends(wanted, times) == [listed(app, wanted, at) for at in times]


def moments(app: MemoryApp) -> list[datetime]:
    """Give evenly spaced times, and every time of an event with one just before it."""
    now = app.world.clock()
    told = [one.meta.recorded_at for number in range(1, len(images()) + 1) for one in app.stream(number).events]
    near = [at - step for at in told for step in (timedelta(0), timedelta(microseconds=1))]
    return sorted({*spaced(START - timedelta(hours=1), now, 7), *near})


@example([("one flaw", 0), ("push", 0), ("rule", 3), ("pull", 1), ("hours", 1)])
@example([("two flaws", 0), ("push", 0), ("copy", 0), ("rule", 4), ("delete", 1), ("no rule", 0)])
@example([("end of life", 0), ("push", 0), ("fail", 1), ("clean", 0), ("rule", 0)])
@settings(max_examples=30, deadline=None)
@given(histories)
def test_after_any_history_every_point_is_what_the_images_as_of_its_time_add_up_to(
    deeds: list[tuple[str, int]],
) -> None:
    app = MemoryApp()
    for deed, number in deeds:
        live(app, deed, number)
    assert_points(app, moments(app))


@settings(max_examples=10, deadline=None)
@given(histories)
def test_rules_that_are_made_later_change_no_point(deeds: list[tuple[str, int]]) -> None:
    app = MemoryApp()
    for deed, number in [("two flaws", 0), ("push", 0), *deeds]:
        live(app, deed, number)
    times = moments(app)
    before = app.query_trends(ImageFilter(), times)
    for deed, number in [("rule", 0), ("rule", 2), ("other rule", 0), ("no rule", 0)]:
        live(app, deed, number)
    assert app.query_trends(ImageFilter(), times) == before


@settings(max_examples=10, deadline=None)
@given(histories)
def test_what_is_left_out_of_an_image_that_changes_very_often_is_read_from_the_log(
    deeds: list[tuple[str, int]],
) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(image_past_fold, "MOST_STANDINGS", 2)
        app = MemoryApp()
        for deed, number in deeds:
            live(app, deed, number)
        assert_points(app, moments(app))


def test_an_index_that_is_made_anew_has_the_same_points() -> None:
    app = MemoryApp()
    for deed, number in [("two flaws", 0), ("push", 0), ("push", 1), ("rule", 1), ("hours", 3), ("clean", 0)]:
        live(app, deed, number)
    times = moments(app)
    assert app.new_index().trend(None, None, times) == app.findings_index.trend(None, None, times)
