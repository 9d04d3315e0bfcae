"""Events of registries in both schemas."""

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
