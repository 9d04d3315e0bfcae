"""What no event told of is found by comparing the registry with the log, over the real docker-registry."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import urllib3

from local.images.image import Image, build_image, build_index
from shared.domain.events import ScanRequested, Trigger
from shared.domain.image_health import Health
from shared.eventlog.streams import registry_stream, sweep_stream
from tests.support.azurite import Azurite
from tests.support.docker_registry import DockerRegistry, start_registry
from tests.support.made_images import debian_layer
from tests.support.service import Service


@pytest.fixture
def own(tmp_path: Path) -> Iterator[DockerRegistry]:
    """A registry that no other test pushes to."""
    with start_registry(tmp_path / "registry") as running:
        yield running


@pytest.fixture
def service(azurite: Azurite, own: DockerRegistry, feed: Path, tmp_path: Path) -> Service:
    made = Service(azurite.fresh_account(), own.host, feed, tmp_path / "cache")
    made.app.refresh_advisories()
    return made


def image(version: str) -> Image:
    return build_image([debian_layer({"openssl": version})])


FLAWED, FIXED = image("3.0.1-1"), image("3.0.99-1")


def delete(service: Service, repository: str, digest: str) -> None:
    answer = urllib3.request("DELETE", f"http://{service.host}/v2/{repository}/manifests/{digest}", timeout=30.0)
    assert answer.status == 202


def triggers(service: Service, digest: str) -> list[Trigger]:
    return [one.event.trigger for one in service.history(digest) if isinstance(one.event, ScanRequested)]


def test_pushes_whose_events_were_lost_are_scanned_as_imports_and_charged_once(service: Service) -> None:
    service.push("team/app", FLAWED, "v1")
    service.push("team/app", FLAWED, "latest")
    service.push("other", FIXED, "v1")

    swept = service.reconcile()

    assert (swept.repositories, swept.manifests, swept.found, swept.failed, swept.problem) == (2, 2, 2, 0, "")
    assert {one.digest: (one.health, one.tags) for one in service.images()} == {
        FLAWED.digest: (Health.UNHEALTHY, ("latest", "v1")),
        FIXED.digest: (Health.HEALTHY, ("v1",)),
    }
    assert triggers(service, FLAWED.digest) == [Trigger.IMPORT]
    assert sorted(service.charges()) == sorted([FLAWED.digest, FIXED.digest])


def test_a_second_sweep_finds_nothing_and_writes_nothing_but_its_own_event(service: Service) -> None:
    service.pushed("team/app", FLAWED, "v1")
    service.push("team/app", FIXED, "v2")
    service.push("indexed", build_index([FLAWED, FIXED]), "both")
    service.reconcile()
    before = [service.history(one.digest) for one in (FLAWED, FIXED)]

    swept = service.reconcile()

    assert (swept.repositories, swept.found, swept.untagged, swept.closed, swept.failed) == (2, 0, 0, 0, 0)
    assert [service.history(one.digest) for one in (FLAWED, FIXED)] == before
    assert len(service.app.log.load(sweep_stream(service.host)).events) == 2
    assert len(service.app.log.load(registry_stream(service.host)).events) == 1


def test_an_index_that_no_event_told_of_gives_its_tag_to_its_images(service: Service) -> None:
    service.push("team/app", build_index([FLAWED, FIXED]), "v1")
    service.reconcile()
    assert {one.digest: one.tags for one in service.images()} == {FLAWED.digest: ("v1",), FIXED.digest: ("v1",)}
    assert triggers(service, FIXED.digest) == [Trigger.IMPORT]


def test_a_tag_that_moved_unseen_is_moved(service: Service) -> None:
    service.pushed("team/app", FLAWED, "latest")
    service.drain()
    service.push("team/app", FIXED, "latest")

    swept = service.reconcile()

    assert swept.found == 1
    assert service.image(FIXED.digest).tags == ("latest",)
    assert service.image(FLAWED.digest).tags == ()  # still pullable by its digest
    assert swept.closed == 0


def test_an_image_that_was_deleted_unseen_is_closed_once(service: Service) -> None:
    for content, tag in ((FLAWED, "v1"), (FIXED, "v2")):
        service.pushed("team/app", content, tag)
    service.drain()
    delete(service, "team/app", FLAWED.digest)

    swept, again = service.reconcile(), service.reconcile()

    assert (swept.closed, again.closed) == (1, 0)
    assert [one.digest for one in service.images()] == [FIXED.digest]
    assert service.event_types(FLAWED.digest)[-1] == "ImageDeleted"


def test_an_image_that_came_back_unseen_is_listed_again(service: Service) -> None:
    service.pushed("team/app", FLAWED, "v1")
    service.deliver(service.delete_event("team/app", FLAWED.digest))
    service.drain()
    assert service.images() == []

    service.reconcile()

    assert [one.tags for one in service.images()] == [("v1",)]


def test_an_index_that_was_deleted_unseen_takes_its_tag_from_its_images(service: Service) -> None:
    both = build_index([FLAWED, FIXED])
    service.pushed("team/app", both, "v1")
    service.drain()
    delete(service, "team/app", both.digest)

    service.reconcile()

    assert {one.digest: one.tags for one in service.images()} == {FLAWED.digest: (), FIXED.digest: ()}


def test_an_event_that_comes_after_the_sweep_that_found_it_changes_nothing_that_is_shown(service: Service) -> None:
    pushed_at = datetime.now(UTC) - timedelta(seconds=1)
    digest = service.push("team/app", FLAWED, "v1")
    service.reconcile()
    before = service.image(digest)

    service.deliver(service.push_event("team/app", digest, FLAWED.media_type, "v1", at=pushed_at))
    service.drain()

    after = service.image(digest)
    assert (after.health, after.tags, after.last_scan, after.charged) == (
        before.health,
        before.tags,
        before.last_scan,
        before.charged,
    )


def test_a_registry_that_is_down_closes_nothing_and_the_sweep_says_so(
    service: Service, own: DockerRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.pushed("team/app", FLAWED, "v1")
    service.drain()
    own.close()

    swept = service.reconcile()

    assert (swept.failed, swept.closed, swept.repositories) == (1, 0, 0)
    assert "cannot be reached" in swept.problem
    assert [one.tags for one in service.images()] == [("v1",)]
