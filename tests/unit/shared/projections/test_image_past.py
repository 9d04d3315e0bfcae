"""What is kept of an image's past is what the log says, however it was folded."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import example, given, settings
from hypothesis import strategies as st

from shared.domain.image_past import ImagePast, Standing
from shared.domain.references import ImageId
from shared.domain.severity import Severity
from shared.services.query_images import ImageNotFound
from tests.support.examples import START
from tests.support.histories import histories, images, live
from tests.support.memory_app import MemoryApp


def past(app: MemoryApp, about: ImageId) -> ImagePast:
    row = app.images.get(about)
    return row[0].past if row else ImagePast()


def folded(app: MemoryApp, about: ImageId) -> ImagePast:
    row = app.projector.fold(about, app.projector.rules_now())
    return row.past if row else ImagePast()


def then(app: MemoryApp, about: ImageId, at: datetime) -> Standing:
    """Give what the past says of an image at a time."""
    return next((one for one in reversed(past(app, about).standings) if one.at <= at), Standing(at))


def answered(app: MemoryApp, about: ImageId, at: datetime) -> Standing:
    """Give what the log says of an image as of a time."""
    try:
        health = app.query_images.one(about, at).health
    except ImageNotFound:
        return Standing(at)
    counts = tuple(health.severities[severity] for severity in Severity)
    return Standing(at, health.health, counts, health.disabled_findings, health.repositories)


def said(standing: Standing) -> tuple[object, ...]:
    return standing.health, standing.findings, standing.disabled, standing.repositories


@example([("one flaw", 0), ("push", 0), ("rule", 3), ("hours", 1), ("pull", 1)])
@example([("end of life", 0), ("push", 0), ("rule", 1), ("delete", 0), ("push", 0)])
@example([("scored flaws", 2), ("push", 0), ("signals", 0), ("unlikely rule", 0), ("signals", 1), ("signals", 3)])
@example([("scored flaws", 1), ("push", 0), ("unlikely rule", 1), ("signals", 9), ("signals", 7), ("signals", 4)])
@settings(max_examples=40, deadline=None)
@given(histories)
def test_a_past_that_was_folded_step_by_step_is_the_one_folded_as_a_whole(deeds: list[tuple[str, int]]) -> None:
    app = MemoryApp()
    for deed, number in deeds:
        live(app, deed, number)
        for about in images():
            assert past(app, about) == folded(app, about)


@settings(max_examples=40, deadline=None)
@given(histories, st.lists(st.floats(0, 1), min_size=1, max_size=6))
def test_a_past_says_at_any_time_what_the_log_says_as_of_it(deeds: list[tuple[str, int]], places: list[float]) -> None:
    app = MemoryApp()
    for deed, number in deeds:
        live(app, deed, number)
    span = app.world.clock() - START + timedelta(minutes=1)
    for about in images():
        times = [START + span * place for place in places] + [one.at for one in past(app, about).standings]
        for at in times:
            if at <= app.world.clock():
                assert said(then(app, about, at)) == said(answered(app, about, at))


@settings(max_examples=20, deadline=None)
@given(histories, histories)
def test_what_comes_later_changes_nothing_of_what_was(
    before: list[tuple[str, int]], after: list[tuple[str, int]]
) -> None:
    app = MemoryApp()
    for deed, number in before:
        live(app, deed, number)
    now = app.world.clock()
    known = {about: [one for one in past(app, about).standings if one.at <= now] for about in images()}
    for deed, number in after:
        live(app, deed, number)
    for about in images():
        assert [one for one in past(app, about).standings if one.at <= now] == known[about]
