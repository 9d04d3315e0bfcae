"""Frames between host and worker."""

import asyncio

import msgspec
import pytest

from local.host.wire import (
    Binary,
    FromWorker,
    HttpRequest,
    HttpResponse,
    IndexedFunction,
    Invoke,
    Json,
    Raised,
    Ready,
    Refused,
    Retry,
    Returned,
    Text,
    frame,
    read_answer,
    read_invoke,
)

_REQUEST = HttpRequest("GET", "http://h/", {"a": "b"}, {"p": "1"}, {}, b"\x00")
_RESPONSE = HttpResponse(200, {"a": "b"}, ["c=d"], b"\xff")


def reader(content: bytes) -> asyncio.StreamReader:
    made = asyncio.StreamReader()
    made.feed_data(content)
    made.feed_eof()
    return made


@pytest.mark.parametrize("value", [Text("t"), Json("{}"), Binary(b"\xff"), _REQUEST])
def test_requests_survive_the_wire(value: Text | Json | Binary | HttpRequest) -> None:
    async def check() -> None:
        sent = Invoke("i", "f", "req", value, {"m": Json("1")}, "00-1", 1, 2)
        assert await read_invoke(reader(frame(sent))) == sent

    asyncio.run(check())


@pytest.mark.parametrize(
    "answer",
    [
        Ready([IndexedFunction("n", "f", ["{}"], Retry("fixed_delay", 3, delay=1.5))], {"a": "b"}),
        Refused("message", "stack"),
        Returned("i", _RESPONSE, {"o": Binary(b"x")}),
        Returned("i", None, {}),
        Raised("i", "message", "stack"),
    ],
)
def test_answers_survive_the_wire(answer: FromWorker) -> None:
    async def check() -> None:
        assert await read_answer(reader(frame(answer))) == answer

    asyncio.run(check())


def test_the_end_of_the_stream_and_a_foreign_frame_are_errors() -> None:
    async def check() -> None:
        with pytest.raises(asyncio.IncompleteReadError):
            await read_answer(reader(b""))
        with pytest.raises(asyncio.IncompleteReadError):
            await read_answer(reader(frame(Refused("m", "s"))[:-1]))
        with pytest.raises(msgspec.DecodeError):
            await read_answer(reader(b"\x00\x00\x00\x01\xc1"))

    asyncio.run(check())
