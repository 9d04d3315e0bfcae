"""Folding the past of an image that has many tags."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared.domain.events import ImageTagged, Meta, RecordedEvent
from shared.domain.image import RepositoryUse
from shared.domain.image_past_fold import Judging, whole_past
from shared.domain.media_types import DOCKER_MANIFEST
from shared.domain.severity import Severity
from tests.support.examples import START, image_id


def test_the_tags_of_an_image_are_not_gone_through_again_for_each_of_its_events(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looks: list[RepositoryUse] = []

    def looked(use: RepositoryUse) -> tuple[str, ...]:
        looks.append(use)
        return tuple(use.tags)

    monkeypatch.setattr(RepositoryUse, "current_tags", property(looked))
    events = [tagged(number) for number in range(300)]
    past = whole_past(Judging(image_id(1), lambda name: None, Severity.LOW), events, ())
    assert (len(past.standings), len(looks)) == (1, 0)


def tagged(number: int) -> RecordedEvent:
    at = START + timedelta(seconds=number)
    return RecordedEvent(number + 1, ImageTagged("shop", f"v{number}", DOCKER_MANIFEST), Meta(at, at, "", "", ""))
