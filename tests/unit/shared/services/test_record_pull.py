"""Pulls by others."""

import pytest

from shared.domain.events import Trigger
from shared.domain.media_types import DOCKER_LIST, OCI_INDEX, OCI_MANIFEST
from tests.support.examples import at, digest, pull, push
from tests.support.memory_app import MemoryApp, index_manifest

DAY = 24 * 60


def record(app: MemoryApp, *told: object) -> None:
    for one in told:
        app.read_pull_log.record_pull(one)  # type: ignore[arg-type]


def test_a_pull_is_noted_once_a_day_whatever_its_order_and_number() -> None:
    app = MemoryApp()
    app.record_push(push())
    before = app.stream().version
    record(app, pull("p2", minute=30), pull("p1", minute=10), pull("p2", minute=30), pull("p3", minute=DAY))
    assert app.stream().version == before + 2
    assert app.state().last_pulled == at(DAY)


@pytest.mark.parametrize("media_type", [OCI_INDEX, DOCKER_LIST])
def test_a_pull_of_an_index_says_nothing_of_an_image(media_type: str) -> None:
    app = MemoryApp()
    record(app, pull(media_type=media_type))
    assert app.stream().version == 0


def test_an_image_that_came_by_import_is_scanned_at_its_first_pull() -> None:
    app = MemoryApp()
    record(app, pull(media_type=OCI_MANIFEST))
    [scan] = app.state().open_scans.values()
    assert (scan.scan_id, scan.trigger) == ("pull-p1", Trigger.IMPORT)


def test_something_unknown_that_does_not_say_that_it_is_an_image_is_left_out() -> None:
    app = MemoryApp()
    record(app, pull(media_type=""), pull("p2", media_type="application/vnd.cncf.helm.config"))
    assert list(app.log.streams("image")) == []


def test_a_known_image_is_pulled_whatever_the_log_says_of_its_type() -> None:
    app = MemoryApp()
    app.record_push(push())
    record(app, pull(media_type=""))
    assert app.state().last_pulled == at(0)


def test_a_pull_of_a_known_index_that_is_logged_without_its_type_is_none_of_an_image() -> None:
    app = MemoryApp()
    app.world.registry.manifests[digest(50)] = index_manifest(50, 1)
    app.record_push(push("e1", 50, media_type=OCI_INDEX))
    record(app, pull(number=50, media_type=OCI_MANIFEST))
    assert app.stream(50).version == 0


def test_a_push_after_an_import_was_pulled_starts_no_second_scan() -> None:
    app = MemoryApp()
    record(app, pull(minute=5))
    app.record_push(push(minute=1))
    assert list(app.state().open_scans) == ["pull-p1"]
