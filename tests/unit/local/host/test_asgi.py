"""Who may call, how headers are read, and the limit of bodies."""

import asyncio
from collections.abc import MutableMapping
from typing import Any

import pytest

from local.host import asgi


@pytest.mark.parametrize("host", ["127.0.0.1:7071", "localhost", "LOCALHOST:1", "[::1]:7071", "app.localhost:80"])
def test_names_of_this_machine_may_call(host: str) -> None:
    assert asgi.foreign_caller({"host": host, "origin": f"http://{host}"}) is None


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "10.0.0.1", ""])
def test_other_names_may_not(host: str) -> None:
    assert asgi.foreign_caller({"host": host}) == "Host"
    assert asgi.foreign_caller({"host": "localhost", "origin": f"https://{host}"}) == "Origin"


def test_a_request_without_host_and_origin_is_no_browsers() -> None:
    assert asgi.foreign_caller({}) is None


def test_headers_are_in_lower_case_and_repeated_ones_joined() -> None:
    assert asgi.headers_of({"headers": [(b"X-A", b"1"), (b"x-a", b"2"), (b"b", b"\xe9")]}) == {"x-a": "1, 2", "b": "é"}


def test_a_body_comes_in_parts_up_to_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    parts = [
        {"type": "http.request", "body": b"ab", "more_body": True},
        {"type": "http.request", "body": b"cd", "more_body": False},
    ]

    def read() -> bytes:
        remaining = iter(parts)

        async def receive() -> MutableMapping[str, Any]:
            return next(remaining)

        return asyncio.run(asgi.read_body(receive))

    assert read() == b"abcd"
    monkeypatch.setattr(asgi, "MAX_BODY_BYTES", 3)
    with pytest.raises(asgi.BodyTooLarge):
        read()


def test_half_a_body_is_none() -> None:
    messages: list[MutableMapping[str, Any]] = [
        {"type": "http.request", "body": b"ab", "more_body": True},
        {"type": "http.disconnect"},
    ]
    parts = iter(messages)

    async def receive() -> MutableMapping[str, Any]:
        return next(parts)

    with pytest.raises(asgi.CallerGone):
        asyncio.run(asgi.read_body(receive))
