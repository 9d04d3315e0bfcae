"""Time travel: what is answered as of a time is what was answered at that time, whatever has happened since."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given, settings

from tests.support.histories import histories, live
from tests.support.memory_app import MemoryApp
from tests.support.whole_answer import whole_answer


def recorded_answers(deeds: list[tuple[str, int]]) -> tuple[MemoryApp, list[tuple[datetime, dict[str, Any]]]]:
    """Live through a history, and note every answer at every step."""
    app = MemoryApp()
    answers = []
    for deed, number in deeds:
        live(app, deed, number)
        answers.append((app.world.clock(), whole_answer(app)))
    return app, answers


# A rule that expires while nothing else happens; a deletion and a push that arrive late; an end of life.
@example([("one flaw", 0), ("push", 0), ("rule", 3), ("pull", 1), ("pull", 0)])
@example([("two flaws", 0), ("push", 0), ("delete", 30), ("push", 80), ("copy", 0), ("rule", 4)])
@example([("push", 0), ("end of life", 0), ("weekly", 0), ("push", 1), ("index", 29), ("delete index", 0)])
@example([("push", 0), ("pull", 500), ("pull", 0), ("hours", 29), ("weekly", 0), ("pull", 1)])
# A rule on what is not exploited, while flaws enter and leave the catalog, and while there is none.
@example([("two flaws", 0), ("push", 0), ("signals", 1), ("unexploited rule", 0), ("signals", 3), ("signals", 0)])
@example([("two flaws", 0), ("push", 0), ("unexploited rule", 1), ("signals", 2), ("signals", 7), ("signals", 2)])
@example([("two flaws", 0), ("copy", 0), ("signals", 2), ("unexploited rule", 7), ("pull", 0), ("signals", 1)])
# A rule on EPSS scores, while scores rise and fall, while there are none, and of a limit that is another rule's.
@example([("scored flaws", 2), ("push", 0), ("signals", 0), ("unlikely rule", 0), ("signals", 1), ("signals", 3)])
@example([("scored flaws", 1), ("push", 0), ("unlikely rule", 1), ("signals", 9), ("signals", 7), ("signals", 4)])
@example([("scored flaws", 2), ("copy", 0), ("signals", 1), ("unlikely rule", 3), ("unlikely rule", 4), ("signals", 2)])
@settings(max_examples=150)
@given(histories)
def test_every_answer_is_given_again_as_of_its_time(deeds: list[tuple[str, int]]) -> None:
    app, answers = recorded_answers(deeds)
    for moment, answer in answers:
        assert whole_answer(app, moment) == answer


@settings(max_examples=40)
@given(histories)
def test_until_something_happens_the_answer_stays(deeds: list[tuple[str, int]]) -> None:
    app, answers = recorded_answers(deeds)
    for moment, answer in answers:  # everything, expiries too, happens at a full minute
        assert whole_answer(app, moment + timedelta(seconds=59)) == answer


@pytest.mark.parametrize("moment", [datetime.fromisoformat("2000-01-01T00:00:00Z")])
def test_before_everything_there_is_nothing(moment: datetime) -> None:
    app, _ = recorded_answers([("push", 0), ("rule", 1)])
    assert whole_answer(app, moment) == whole_answer(MemoryApp(), moment)
