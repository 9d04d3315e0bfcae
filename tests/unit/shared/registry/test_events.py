"""Events of registries, parsed."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.references import parse_digest, parse_repository, parse_tag
from shared.registry.events import EventKind, IgnoredEvent, InvalidEvent, RegistryEvent, parse
from tests.support.examples import REGISTRY, RESOURCE, START, digest

# The sample of the documentation, with other names.
PUSH = {
    "id": "831e1650-001e-001b-66ab-eeb76e069631",
    "timestamp": "2026-11-02T10:00:00Z",
    "action": "push",
    "target": {
        "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
        "size": 524,
        "digest": digest(1),
        "length": 524,
        "repository": "hello-world",
        "tag": "v1",
    },
    "request": {"id": "7c66", "host": REGISTRY, "method": "PUT", "useragent": "docker/18.06.0-ce"},
}


def read(content: Any, kind: str = "Microsoft.ContainerRegistry.ImagePushed") -> RegistryEvent:
    return parse("e1", kind, RESOURCE, content, None)


def test_the_documented_push_is_read() -> None:
    assert read(PUSH) == RegistryEvent(
        id="e1",
        kind=EventKind.PUSHED,
        resource_id=RESOURCE,
        registry=REGISTRY,
        repository="hello-world",
        digest=digest(1),
        tag="v1",
        media_type="application/vnd.docker.distribution.manifest.v2+json",
        at=START,
        actor="registry",
    )


def test_a_deletion_has_no_tag() -> None:
    target = {"digest": digest(1), "repository": "hello-world"}
    event = read({**PUSH, "target": target}, "Microsoft.ContainerRegistry.ImageDeleted")
    assert (event.kind, event.tag, event.media_type) == (EventKind.DELETED, None, "")


@pytest.mark.parametrize("kind", ["Microsoft.ContainerRegistry.ChartPushed", "ChartDeleted"])
def test_charts_are_left_out(kind: str) -> None:
    with pytest.raises(IgnoredEvent):
        read(PUSH, kind)


@pytest.mark.parametrize("kind", ["Microsoft.Storage.BlobCreated", "imagepushed", "ImagePushedX", ""])
def test_unknown_kinds_are_refused(kind: str) -> None:
    with pytest.raises(InvalidEvent, match="unknown"):
        read(PUSH, kind)


def test_long_texts_are_cut() -> None:
    event = read({**PUSH, "actor": {"name": "x" * 1000}, "target": {**PUSH["target"], "mediaType": "y" * 1000}})  # type: ignore[dict-item]
    assert (len(event.actor), len(event.media_type)) == (255, 255)


VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=8), st.sampled_from([digest(2), "v1", "app"])),
    lambda inner: st.one_of(st.lists(inner, max_size=2), st.dictionaries(st.text(max_size=4), inner, max_size=2)),
    max_leaves=4,
)


@given(
    st.dictionaries(st.sampled_from(list(PUSH)), VALUES, max_size=3),
    st.dictionaries(st.sampled_from(["digest", "repository", "tag", "mediaType"]), VALUES, max_size=3),
)
def test_whatever_is_read_has_passed_its_grammar(changes: dict[str, Any], target: dict[str, Any]) -> None:
    content = {**PUSH, "target": {**PUSH["target"], **target}, **changes}  # type: ignore[dict-item]
    try:
        event = read(content)
    except InvalidEvent:
        return
    assert parse_digest(event.digest) == event.digest
    assert parse_repository(event.repository) == event.repository
    assert event.tag is None or parse_tag(event.tag) == event.tag
    assert event.at.utcoffset() is not None
    event.actor.encode()
    event.media_type.encode()
