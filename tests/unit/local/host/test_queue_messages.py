"""Texts of queue messages."""

import base64
from datetime import UTC, datetime

import pytest
from azure.storage.queue import QueueMessage

from local.host.queue_messages import UnreadableMessage, body_of, metadata_of, texts_of
from local.host.wire import Binary, Json, Text, Value


def encoded(content: bytes) -> str:
    return base64.b64encode(content).decode()


@pytest.mark.parametrize("content", ["", "text", "grüße", '{"a": 1}'])
def test_a_base64_text_is_decoded(content: str) -> None:
    assert body_of(encoded(content.encode()), True) == Text(content)


def test_bytes_that_are_no_text_stay_bytes() -> None:
    assert body_of(encoded(b"\xff\xfe"), True) == Binary(b"\xff\xfe")


@pytest.mark.parametrize("text", ["not base64!", "abc", "é"])
def test_what_is_not_base64_cannot_be_read(text: str) -> None:
    with pytest.raises(UnreadableMessage):
        body_of(text, True)


def test_without_base64_a_text_is_taken_as_it_is() -> None:
    assert body_of("not base64!", False) == Text("not base64!")


@pytest.mark.parametrize(
    ("value", "contents"),
    [
        (Text("plain"), [b"plain"]),
        (Text("12"), [b"12"]),
        (Text('["a", {"b": 1}]'), [b"a", b'{\n  "b": 1\n}']),
        (Text("[]"), []),
        (Json('{"b":1}'), [b'{\n  "b": 1\n}']),
        (Json('["a","b"]'), [b"a", b"b"]),
        (Binary(b'["a"]'), [b'["a"]']),
        (Text('{"":' * 12_000), [b'{"":' * 12_000]),
    ],
)
def test_an_output_becomes_messages(value: Value, contents: list[bytes]) -> None:
    assert texts_of(value, True) == [encoded(content) for content in contents]
    assert texts_of(value, False) == [content.decode() for content in contents]


def test_the_metadata_have_the_names_of_the_extension() -> None:
    moment = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    message = QueueMessage(content="x", id="m1", pop_receipt="p1", dequeue_count=2, inserted_on=moment)
    assert metadata_of(message, Text("x")) == {
        "QueueTrigger": Text("x"),
        "Id": Text("m1"),
        "PopReceipt": Text("p1"),
        "DequeueCount": Json("2"),
        "InsertionTime": Json('"2026-01-02T03:04:05+00:00"'),
    }
