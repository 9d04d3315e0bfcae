"""Notifications of docker-registry become the events that Azure would send."""

import msgspec
import pytest

from local.notifications import Actor, Notification, Request, Target
from local.registry_events import to_registry_event
from local.registry_resource import RegistryResource

REGISTRY = RegistryResource("11111111-2222-3333-4444-555555555555", "127.0.0.1:5055")
TOPIC = (
    "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/local"
    "/providers/Microsoft.ContainerRegistry/registries/local"
)
DIGEST = "sha256:" + "a" * 64
DOCKER_IMAGE = "application/vnd.docker.distribution.manifest.v2+json"


def notification(action: str, target: Target, method: str = "PUT") -> Notification:
    request = Request(id="req-1", addr="127.0.0.1:40000", host="localhost:5055", method=method, useragent="docker/27")
    return Notification("event-1", "2026-03-01T10:20:30.123456789Z", action, target, request, Actor())


def pushed(media_type: str = DOCKER_IMAGE, tag: str = "1.0") -> Notification:
    return notification("push", Target("team/app", DIGEST, tag, media_type, 528, 528))


def test_a_push_by_tag_is_told_to_the_letter() -> None:
    event = to_registry_event(pushed(), REGISTRY)
    assert msgspec.to_builtins(event) == {
        "id": "event-1",
        "topic": TOPIC,
        "subject": "team/app:1.0",
        "eventType": "Microsoft.ContainerRegistry.ImagePushed",
        "eventTime": "2026-03-01T10:20:30.123456789Z",
        "dataVersion": "1.0",
        "metadataVersion": "1",
        "data": {
            "id": "event-1",
            "timestamp": "2026-03-01T10:20:30.123456789Z",
            "action": "push",
            "target": {
                "mediaType": DOCKER_IMAGE,
                "size": 528,
                "digest": DIGEST,
                "length": 528,
                "repository": "team/app",
                "tag": "1.0",
            },
            "request": {"id": "req-1", "host": "127.0.0.1:5055", "method": "PUT", "useragent": "docker/27"},
        },
    }


@pytest.mark.parametrize(
    "media_type",
    [
        DOCKER_IMAGE,
        "application/vnd.docker.distribution.manifest.list.v2+json",
        "application/vnd.oci.image.manifest.v1+json",
        "application/vnd.oci.image.index.v1+json",
    ],
)
def test_every_kind_of_image_and_index_is_told(media_type: str) -> None:
    event = to_registry_event(pushed(media_type), REGISTRY)
    assert event is not None
    assert event.data.target.media_type == media_type


def test_a_push_by_digest_has_a_subject_without_tag_and_no_tag_in_its_target() -> None:
    event = to_registry_event(pushed(tag=""), REGISTRY)
    assert event is not None
    assert event.subject == "team/app"
    assert "tag" not in msgspec.to_builtins(event)["data"]["target"]


def test_a_deleted_manifest_is_told_with_repository_and_digest_only() -> None:
    event = to_registry_event(notification("delete", Target("team/app", DIGEST), "DELETE"), REGISTRY)
    assert event is not None
    assert (event.event_type, event.subject) == ("Microsoft.ContainerRegistry.ImageDeleted", "team/app")
    assert msgspec.to_builtins(event.data.target) == {"repository": "team/app", "digest": DIGEST}


@pytest.mark.parametrize(
    "silent",
    [
        pushed("application/octet-stream", tag=""),
        notification("mount", Target("team/app", DIGEST, media_type="application/octet-stream")),
        notification("delete", Target("team/app", tag="1.0"), "DELETE"),
        notification("delete", Target("team/app"), "DELETE"),
        notification("pull", Target("team/app", DIGEST, "1.0", DOCKER_IMAGE), "GET"),
    ],
    ids=["blob", "mounted blob", "tag of a deleted manifest", "repository", "pull"],
)
def test_azure_tells_event_grid_nothing_about(silent: Notification) -> None:
    assert to_registry_event(silent, REGISTRY) is None
