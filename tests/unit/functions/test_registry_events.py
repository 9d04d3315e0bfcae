"""Events of registries in both schemas."""

import json
from base64 import b64encode
from types import SimpleNamespace
from typing import Any

import azure.functions as func
import pytest

from functions import registry_events
from shared.domain.media_types import DOCKER_MANIFEST
from tests.support.examples import REGISTRY, RESOURCE, START, digest
from tests.support.memory_app import MemoryApp

CONTENT: dict[str, Any] = {
    "target": {"digest": digest(1), "repository": "app", "tag": "v1", "mediaType": DOCKER_MANIFEST},
    "request": {"host": REGISTRY},
}
KIND = "Microsoft.ContainerRegistry.ImagePushed"


def grid(**changes: Any) -> func.EventGridEvent:
    fields = {
        "id": "e1",
        "topic": RESOURCE,
        "subject": "app:v1",
        "event_type": KIND,
        "event_time": START,
        "data": CONTENT,
        "data_version": "1.0",
    }
    return func.EventGridEvent(**{**fields, **changes})


def cloud(**changes: Any) -> func.CloudEvent:
    fields = {"id": "e1", "source": RESOURCE, "type": KIND, "specversion": "1.0", "data": CONTENT, "time": START}
    return func.CloudEvent(**{**fields, **changes})


@pytest.mark.parametrize("event", [grid(), cloud()])
def test_both_schemas_say_the_same(app: MemoryApp, event: func.EventGridEvent) -> None:
    registry_events.on_registry_event(event)
    assert list(app.state().open_scans) == ["push-e1"]
    assert app.state().last_pushed == START


def test_one_push_that_comes_in_both_schemas_is_one(app: MemoryApp) -> None:
    registry_events.on_registry_event(grid())
    version = app.stream().version
    registry_events.on_registry_event(cloud())
    assert app.stream().version == version


@pytest.mark.parametrize(
    "event", [grid(data=None), cloud(data=None), grid(topic=None), cloud(source=None), grid(id=None), cloud(type=None)]
)
def test_an_event_that_lacks_what_it_must_have_is_kept_and_acknowledged(app: MemoryApp, event: Any) -> None:
    registry_events.on_registry_event(event)
    assert app.dead_letters.count() == 1


GRID = {"id": "e1", "topic": RESOURCE, "eventType": KIND, "eventTime": START.isoformat(), "data": CONTENT}
CLOUD = {"specversion": "1.0", "id": "e1", "source": RESOURCE, "type": KIND, "time": START.isoformat(), "data": CONTENT}


def as_text(content: object) -> func.QueueMessage:
    return func.QueueMessage(id="m1", body=json.dumps(content).encode())


def as_base64(content: object) -> func.QueueMessage:
    return func.QueueMessage(id="m1", body=b64encode(json.dumps(content).encode()))


@pytest.mark.parametrize("written", [as_text, as_base64])
@pytest.mark.parametrize("event", [GRID, CLOUD, [CLOUD]])
def test_a_message_in_the_queue_says_the_same_as_an_event(app: MemoryApp, written: Any, event: Any) -> None:
    registry_events.on_registry_event(grid())
    version = app.stream().version
    registry_events.on_registry_message(written(event))
    assert (app.stream().version, list(app.state().open_scans)) == (version, ["push-e1"])
    assert app.dead_letters.count() == 0


@pytest.mark.parametrize("event", [GRID, CLOUD])
def test_a_push_that_only_the_queue_tells_of_is_recorded(app: MemoryApp, event: Any) -> None:
    registry_events.on_registry_message(as_base64(event))
    assert app.state().last_pushed == START


UNREADABLE = [b"", b"\xff\x00", b"7", b'"text"', b"[7]", b'{"id": ', b64encode(b"no json"), b"[" * 50_000]


@pytest.mark.parametrize("body", UNREADABLE, ids=range(len(UNREADABLE)))
@pytest.mark.parametrize(
    "trigger",
    [registry_events.on_registry_message, registry_events.on_failed_registry_message],
    ids=["queue", "poison"],
)
def test_a_message_that_is_no_event_is_kept_and_acknowledged(app: MemoryApp, trigger: Any, body: bytes) -> None:
    trigger(func.QueueMessage(id="m1", body=body))
    [letter] = app.dead_letters.newest(5)
    assert (letter["source"], letter["id"]) == ("registry-events", "m1")


def test_an_event_that_failed_at_every_attempt_is_kept_and_can_be_taken_up_again(app: MemoryApp) -> None:
    registry_events.on_failed_registry_message(as_base64(CLOUD))
    assert list(app.log.streams("image")) == []
    [letter] = app.requeue.letters()
    assert app.requeue(letter) == ""
    assert (app.state().last_pushed, app.dead_letters.count()) == (START, 0)


def test_an_error_of_storage_leaves_the_message_to_the_queue(app: MemoryApp, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(_: object) -> None:
        raise ConnectionError("storage is away")

    monkeypatch.setattr(registry_events, "app", lambda: SimpleNamespace(receive_event=failing))
    with pytest.raises(ConnectionError):
        registry_events.on_registry_message(as_text(CLOUD))


@pytest.mark.parametrize("time", [None, 7, "yesterday"])
def test_a_message_without_a_time_goes_by_what_the_registry_says(app: MemoryApp, time: object) -> None:
    registry_events.on_registry_message(as_text({**CLOUD, "time": time}))
    assert "no time" in app.dead_letters.newest(5)[0]["error"]
