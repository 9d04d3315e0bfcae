"""What the real docker-registry tells arrives as Azure would tell it: events at a webhook, pulls in append blobs."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import urllib3
from azure.storage.blob import BlobServiceClient

from local.event_delivery import EventDelivery
from local.images.image import Image, build_image, build_index
from local.images.layers import build_layer
from local.images.push import delete_manifest, push
from local.notification_listener import NotificationListener
from local.pull_log import PullLog
from local.pull_records import CONTAINER
from local.registry_relay import RegistryRelay
from local.registry_resource import RegistryResource
from tests.support.azurite import Azurite
from tests.support.docker_registry import DockerRegistry, start_registry
from tests.support.webhook import Webhook

type Event = dict[str, Any]


class Setting:
    """The registry, everything behind it, and what arrived."""

    def __init__(self, folder: Path, azurite: Azurite, webhook: Webhook) -> None:
        self.webhook = webhook
        self.undelivered = folder / "undelivered-events.jsonl"
        # A subscription of its own keeps the log apart from other tests on the same Azurite.
        self.resource = RegistryResource(str(uuid4()), "127.0.0.1:5055")
        self._blobs = BlobServiceClient.from_connection_string(azurite.connection_string)
        delivery = EventDelivery(webhook.url, self.undelivered)
        relay = RegistryRelay(self.resource, delivery, PullLog(azurite.connection_string, self.resource))
        self.listener = NotificationListener(relay.receive)
        self.listener.start()
        self.registry: DockerRegistry = start_registry(folder, notify_url=self.listener.url)

    def push(self, content: Image, tag: str | None = "1.0") -> str:
        return push(self.registry.url, "team/app", content, tag)

    def get_manifest(self, reference: str, media_type: str, agent: str = "test", method: str = "GET") -> None:
        url = f"{self.registry.url}/v2/team/app/manifests/{reference}"
        answer = urllib3.request(method, url, headers={"Accept": media_type, "User-Agent": agent})
        assert answer.status == 200

    def records(self) -> list[Event]:
        container = self._blobs.get_container_client(CONTAINER)
        if not container.exists():
            return []
        prefix = f"resourceId={self.resource.resource_id.upper()}/"
        blobs = [container.download_blob(blob.name).readall() for blob in container.list_blobs(prefix)]
        return [json.loads(line) for blob in blobs for line in blob.splitlines()]

    def close(self) -> None:
        self.registry.close()
        self.listener.close()
        self._blobs.close()


@pytest.fixture
def setting(tmp_path: Path, azurite: Azurite) -> Iterator[Setting]:
    webhook = Webhook()
    made = Setting(tmp_path, azurite, webhook)
    yield made
    made.close()
    webhook.close()


def wait_for[T](look: Callable[[], T]) -> T:
    deadline = time.monotonic() + 60
    while not (found := look()):
        assert time.monotonic() < deadline, "waited 60 s in vain"
        time.sleep(0.05)
    return found


def image(name: str, architecture: str = "amd64") -> Image:
    return build_image([build_layer({"name": name.encode()})], architecture=architecture)


def test_a_push_arrives_as_one_event_and_its_blobs_as_none(setting: Setting) -> None:
    digest = setting.push(image("one"))
    (event,) = wait_for(lambda: setting.webhook.accepted)
    assert event["eventType"] == "Microsoft.ContainerRegistry.ImagePushed"
    assert (event["topic"], event["subject"]) == (setting.resource.resource_id, "team/app:1.0")
    assert event["data"]["target"]["digest"] == digest
    assert event["data"]["request"]["host"] == "127.0.0.1:5055"
    assert setting.webhook.headers == ["Notification"]


def test_an_index_arrives_after_its_images(setting: Setting) -> None:
    index = build_index([image("a"), image("a", "arm64")])
    push(setting.registry.url, "team/app", index, "2.0")
    wait_for(lambda: len(setting.webhook.accepted) == 3)
    subjects = [event["subject"] for event in setting.webhook.accepted]
    assert subjects == ["team/app", "team/app", "team/app:2.0"]
    assert setting.webhook.accepted[2]["data"]["target"]["digest"] == index.digest


def test_a_deletion_arrives_once_although_the_registry_tells_of_the_tag_too(setting: Setting) -> None:
    digest = setting.push(image("one"))
    delete_manifest(setting.registry.url, "team/app", digest)
    marker = setting.push(image("two"), "after")
    wait_for(lambda: any(event["data"]["target"]["digest"] == marker for event in setting.webhook.accepted))
    deletions = [event for event in setting.webhook.accepted if event["eventType"].endswith("ImageDeleted")]
    assert [event["data"]["target"] for event in deletions] == [{"repository": "team/app", "digest": digest}]


def test_an_event_is_sent_again_with_the_same_id_until_the_host_accepts_it_and_order_is_kept(setting: Setting) -> None:
    setting.webhook.answers[:] = [500, 503]
    first, second = setting.push(image("one")), setting.push(image("two"), "2.0")
    wait_for(lambda: len(setting.webhook.accepted) == 2)
    assert [event["data"]["target"]["digest"] for event in setting.webhook.accepted] == [first, second]
    assert len({event["id"] for event in setting.webhook.seen[:3]}) == 1


def test_an_event_that_the_host_calls_bad_is_kept_aside_and_the_next_one_gets_through(setting: Setting) -> None:
    setting.webhook.answers[:] = [400]
    refused, accepted = setting.push(image("one")), setting.push(image("two"), "2.0")
    (event,) = wait_for(lambda: setting.webhook.accepted)
    assert event["data"]["target"]["digest"] == accepted
    (kept,) = setting.undelivered.read_text().splitlines()
    assert json.loads(kept)["data"]["target"]["digest"] == refused


def test_pulls_are_logged_by_whomever_and_looks_are_not(setting: Setting) -> None:
    made = image("one")
    setting.push(made)
    setting.get_manifest("1.0", made.media_type, method="HEAD")
    setting.get_manifest("1.0", made.media_type, agent="containerd/1.7")
    setting.get_manifest(made.digest, made.media_type, agent="plimsoll-scanner/0.1.0")
    wait_for(lambda: len(setting.records()) >= 2)
    by_tag, by_digest = setting.records()
    assert (by_tag["operationName"], by_tag["properties"]["tag"]) == ("Pull", "1.0")
    assert by_tag["properties"]["userAgent"] == "containerd/1.7"
    assert by_tag["properties"]["digest"] == by_digest["properties"]["tag"] == made.digest
    assert by_digest["properties"]["userAgent"] == "plimsoll-scanner/0.1.0"
    assert by_tag["resourceId"] == setting.resource.resource_id.upper()


def test_the_listener_takes_nothing_that_a_web_page_could_send(setting: Setting) -> None:
    body = b'{"events": []}'
    answers = [
        urllib3.request("POST", setting.listener.url, body=body, headers={"Content-Type": "text/plain"}),
        urllib3.request("GET", setting.listener.url),
    ]
    assert [answer.status for answer in answers] == [415, 501]
