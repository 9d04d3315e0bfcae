"""Events as they may really arrive: malformed, of other kinds, of other registries, hostile."""

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.media_types import DOCKER_MANIFEST
from shared.services.receive_event import ReceivedEvent
from tests.support.examples import REGISTRY, RESOURCE, START, at, digest
from tests.support.memory_app import MemoryApp


def content(**changes: Any) -> dict[str, Any]:
    target = {"mediaType": DOCKER_MANIFEST, "digest": digest(1), "repository": "app", "tag": "v1"}
    body = {
        "id": "1",
        "timestamp": "2026-11-02T10:00:00.123Z",
        "action": "push",
        "target": {**target, **changes.pop("target", {})},
        "request": {"id": "2", "host": REGISTRY, "method": "PUT"},
        "actor": {"name": "ci"},
    }
    return {**body, **changes}


def event(**changes: Any) -> ReceivedEvent:
    fields: dict[str, Any] = {
        "id": "831e1650-001e-001b-66ab-eeb76e069631",
        "type": "Microsoft.ContainerRegistry.ImagePushed",
        "source": RESOURCE,
        "content": content(),
        "time": START,
    }
    return ReceivedEvent(**{**fields, **changes})


def refused(app: MemoryApp, received: ReceivedEvent) -> str:
    """Deliver an event that cannot be used; return why, as its dead letter says."""
    app.receive_event(received)
    assert list(app.log.streams("image")) == []
    assert list(app.log.streams("index")) == []
    [letter] = app.dead_letters.newest(10)
    return str(letter["error"])


def test_a_push_is_recorded_with_what_it_says() -> None:
    app = MemoryApp()
    app.receive_event(event())
    tagged = app.stream().events[0]
    assert tagged.meta.occurred_at == START + timedelta(milliseconds=123)
    assert (tagged.meta.actor, tagged.meta.cause) == ("ci", event().id)
    assert app.dead_letters.count() == 0


def test_a_deletion_is_recorded() -> None:
    app = MemoryApp()
    app.receive_event(event())
    gone = content(target={"tag": None}, timestamp="2026-11-02T11:00:00Z")
    app.receive_event(event(id="other", type="Microsoft.ContainerRegistry.ImageDeleted", content=gone))
    assert app.state().deleted


def test_a_type_without_its_prefix_is_taken() -> None:
    app = MemoryApp()
    app.receive_event(event(type="ImagePushed"))
    assert app.state().version > 0


def test_a_chart_is_left_out_without_a_dead_letter() -> None:
    app = MemoryApp()
    app.receive_event(event(type="Microsoft.ContainerRegistry.ChartPushed"))
    assert app.dead_letters.count() == 0
    assert list(app.log.streams("image")) == []


@pytest.mark.parametrize("kind", ["Microsoft.Storage.BlobCreated", ""])
def test_an_event_of_an_unknown_kind_is_kept_as_a_dead_letter(kind: str) -> None:
    assert "unknown" in refused(MemoryApp(), event(type=kind))


MALFORMED = [
    ({"content": None}, "data must be an object"),
    ({"content": []}, "data must be an object"),
    ({"content": "text"}, "data must be an object"),
    ({"content": {}}, "data.target must be an object"),
    ({"content": content(target={"digest": "sha256:short"})}, "not a valid digest"),
    ({"content": content(target={"digest": None})}, "not a valid digest"),
    ({"content": content(target={"repository": "../etc"})}, "not a valid repository"),
    ({"content": content(target={"tag": "a b"})}, "not a valid tag"),
    ({"content": content(target={"tag": 7})}, "not a valid tag"),
    ({"content": content(request={"host": "evil.example/"})}, "not a valid registry"),
    ({"content": content(request=["host"])}, "data.request must be an object"),
    ({"content": content(actor="me")}, "data.actor must be an object"),
    ({"content": content(timestamp="yesterday")}, "data.timestamp is not a time"),
    ({"content": content(timestamp="0001-01-01T00:00:00+14:00")}, "date value out of range"),
    ({"content": content(timestamp=None), "time": None}, "the event has no time"),
    ({"id": ""}, "printable characters"),
    ({"id": None}, "printable characters"),
    ({"id": 7}, "printable characters"),
    ({"id": "x" * 201}, "printable characters"),
    ({"id": "\ud800"}, "printable characters"),
    ({"id": "a\x00b"}, "printable characters"),
    ({"type": None}, "type and a source"),
    ({"source": None}, "type and a source"),
    ({"source": "/subscriptions/1/registries/fabrikam"}, "not watched"),
    ({"source": ""}, "not watched"),
    ({"content": content(request={"host": "evil.azurecr.io"})}, "not watched"),
]


@pytest.mark.parametrize(("changes", "why"), MALFORMED)
def test_an_event_that_cannot_be_used_becomes_a_dead_letter_that_says_why(changes: dict[str, Any], why: str) -> None:
    assert why in refused(MemoryApp(), event(**changes))


def test_a_dead_letter_keeps_the_event_readable_whatever_it_holds() -> None:
    app = MemoryApp()
    refused(app, event(id="e-1", content={"target": "\ud800\x1b[31m"}))
    [(row, _)] = app.tables["deadletters"].rows.values()
    assert row["content"].isascii()
    assert json.loads(row["content"])["data"] == {"target": "\ud800\x1b[31m"}


def test_an_event_that_cannot_even_be_shown_is_kept_all_the_same() -> None:
    deep: object = "end"
    for _ in range(200_000):
        deep = [deep]
    app = MemoryApp()
    app.receive_event(event(content={"target": deep}))
    [(row, _)] = app.tables["deadletters"].rows.values()
    assert "cannot be shown" in row["content"]


def test_the_same_bad_event_again_is_one_dead_letter_and_another_without_an_id_is_another() -> None:
    app = MemoryApp()
    for _ in range(3):
        app.receive_event(event(content=None))
    assert app.dead_letters.count() == 1
    app.receive_event(event(id=None, content={"a": 1}))
    app.receive_event(event(id=None, content={"a": 2}))
    assert app.dead_letters.count() == 3


def test_text_that_no_utf_8_can_hold_is_replaced() -> None:
    app = MemoryApp()
    app.receive_event(event(content=content(actor={"name": "me\ud800"}, target={"mediaType": "\udfff"})))
    assert app.stream().events[0].meta.actor == "me?"
    app.work()


def test_an_event_without_a_host_is_looked_up_by_its_resource() -> None:
    app = MemoryApp()
    app.receive_event(event(content=content(request={})))
    assert app.state().version > 0


def test_a_time_without_a_zone_is_taken_as_utc() -> None:
    app = MemoryApp()
    app.receive_event(event(content=content(timestamp="2026-11-02T10:05:00")))
    assert app.state().last_pushed == at(5)


def test_without_a_time_of_its_own_the_time_of_the_event_counts() -> None:
    app = MemoryApp()
    east = datetime(2026, 11, 2, 12, 0, tzinfo=timezone(timedelta(hours=2)))
    app.receive_event(event(content=content(timestamp=None), time=east))
    assert app.state().last_pushed == datetime(2026, 11, 2, 10, 0, tzinfo=UTC)


TEXT = st.text(st.characters(codec=None), max_size=20)
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXT),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXT, inner, max_size=3)),
    max_leaves=8,
)
KEYS = st.sampled_from(["target", "request", "actor", "timestamp", "id"])
TARGET_KEYS = st.sampled_from(["digest", "repository", "tag", "mediaType"])
BODIES = st.one_of(
    JSON,
    st.dictionaries(KEYS, JSON, max_size=4).map(lambda changes: {**content(), **changes}),
    st.dictionaries(TARGET_KEYS, JSON, max_size=2).map(lambda target: content(target=target)),
)


@settings(max_examples=300)
@given(BODIES, st.one_of(st.just(event().id), JSON), st.sampled_from(["ImagePushed", "ImageDeleted"]))
def test_no_json_whatsoever_raises_and_none_is_lost(body: object, event_id: object, kind: str) -> None:
    app = MemoryApp()
    app.receive_event(event(content=body, id=event_id, type=kind))
    recorded = [*app.log.streams("image"), *app.log.streams("index")]
    assert len(recorded) + app.dead_letters.count() == 1


@given(JSON, JSON)
def test_no_type_or_source_whatsoever_raises(kind: object, source: object) -> None:
    app = MemoryApp()
    app.receive_event(event(type=kind, source=source))
    assert list(app.log.streams("image")) == []


def test_an_event_that_is_dated_far_ahead_is_refused() -> None:
    app = MemoryApp()
    far = (app.receive_event.now() + timedelta(hours=2)).isoformat()
    assert "yet to come" in refused(app, event(content=content(timestamp=far)))
