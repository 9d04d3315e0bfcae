"""Lines of the registries' diagnostic log."""

import contextlib
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shared.domain.media_types import DOCKER_MANIFEST
from shared.domain.references import parse_digest
from shared.registry.pull_records import InvalidRecord, parse
from tests.support.examples import REGISTRY, START, digest

PULL: dict[str, Any] = {
    "time": "2026-11-02T10:00:00Z",
    "category": "ContainerRegistryRepositoryEvents",
    "operationName": "Pull",
    "resultDescription": "200",
    "correlationId": "c-1",
    "identity": "00000000-aaaa",
    "properties": {
        "loginServer": REGISTRY,
        "repository": "app",
        "tag": "v1",
        "digest": digest(1),
        "mediaType": DOCKER_MANIFEST,
        "size": "1234",
        "userAgent": "containerd/1.7",
    },
}


def line(**changes: Any) -> bytes:
    properties = {**PULL["properties"], **changes.pop("properties", {})}
    return msgspec.json.encode({**PULL, "properties": properties, **changes})


def test_a_pull_is_read() -> None:
    pulled = parse(line())
    assert pulled is not None
    assert (pulled.registry, pulled.repository, pulled.digest, pulled.tag) == (REGISTRY, "app", digest(1), "v1")
    assert (pulled.at, pulled.actor, pulled.media_type) == (START, "00000000-aaaa", DOCKER_MANIFEST)


def test_the_same_line_has_the_same_id_and_another_line_another() -> None:
    ids = {parsed.event_id for parsed in map(parse, (line(), line(), line(identity="other"))) if parsed}
    assert len(ids) == 2
    assert all(one.startswith("c-1-") for one in ids)


@pytest.mark.parametrize("tag", ["<nil>", "", None, digest(1), 7])
def test_a_pull_by_digest_names_no_tag(tag: object) -> None:
    pulled = parse(line(properties={"tag": tag}))
    assert pulled is not None
    assert (pulled.tag, pulled.digest) == (None, digest(1))


@pytest.mark.parametrize("operation", ["Pull", "pull", "PULL"])
def test_the_operation_is_read_in_any_case(operation: str) -> None:
    assert parse(line(operationName=operation)) is not None


@pytest.mark.parametrize("status", ["401", "404", "500", "", None, "<nil>"])
def test_a_pull_that_failed_is_none(status: object) -> None:
    assert parse(line(resultDescription=status)) is None


def test_a_pull_by_ourselves_is_none() -> None:
    assert parse(line(properties={"userAgent": "plimsoll-scanner/7.1"})) is None
    assert parse(line(properties={"userAgent": "not-plimsoll-scanner/7.1"})) is not None


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=4), inner, max_size=3)),
    max_leaves=6,
)


@given(
    st.dictionaries(st.sampled_from(list(PULL)), JSON, max_size=3),
    st.dictionaries(st.sampled_from(list(PULL["properties"])), JSON, max_size=3),
)
def test_no_record_whatsoever_is_more_than_invalid(changes: dict[str, Any], properties: dict[str, Any]) -> None:
    content = msgspec.json.encode({**PULL, "properties": {**PULL["properties"], **properties}, **changes})
    pulled = None
    with contextlib.suppress(InvalidRecord):
        pulled = parse(content)
    assert pulled is None or parse_digest(pulled.digest) == pulled.digest


@given(st.binary())
@example(b'{"":""}')
def test_no_line_whatsoever_is_taken_for_a_pull(content: bytes) -> None:
    pulled = None
    with contextlib.suppress(InvalidRecord):
        pulled = parse(content)
    assert pulled is None
