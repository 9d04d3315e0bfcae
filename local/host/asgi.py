"""The little of ASGI that the host needs: requests, responses, and who may call.

https://asgi.readthedocs.io/en/latest/specs/www.html
"""

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import msgspec

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

# The limit of the Functions front end.
MAX_BODY_BYTES = 100 * 1024 * 1024


class CallerGone(Exception):
    """The connection closed before the whole body had come."""


class BodyTooLarge(Exception):
    """A request's body is longer than ``MAX_BODY_BYTES``."""


@dataclass(frozen=True)
class Response:
    """An answer of the host."""

    status: int
    body: bytes = b""
    headers: Iterable[tuple[str, str]] = field(default_factory=tuple)

    async def send(self, send: Send) -> None:
        """Send the answer, with its length."""
        headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in self.headers]
        if not any(name == b"content-length" for name, _ in headers):
            headers.append((b"content-length", str(len(self.body)).encode()))
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": self.body})


def json_response(content: Any, status: int = HTTPStatus.OK) -> Response:
    """Answer with JSON."""
    return Response(status, msgspec.json.encode(content), [("content-type", "application/json")])


def refusal(status: int, message: str) -> Response:
    """Answer with an error of the host itself, not of the app."""
    return json_response({"error": {"code": HTTPStatus(status).phrase.replace(" ", ""), "message": message}}, status)


async def read_body(receive: Receive) -> bytes:
    """Read the whole body; raises ``BodyTooLarge`` and ``CallerGone``."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise CallerGone
        body += message.get("body", b"")
        if len(body) > MAX_BODY_BYTES:
            raise BodyTooLarge
        if not message.get("more_body"):
            return bytes(body)


def headers_of(scope: Scope) -> dict[str, str]:
    """Return the headers by name in lower case; repeated ones are joined by a comma (RFC 9110, section 5.2)."""
    headers: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def foreign_caller(headers: dict[str, str]) -> str | None:
    """Name the header that shows a web page of another site behind a request, if any.

    Function keys are off, so a browser on this machine must not be made to call the app: neither by a name that was
    rebound to 127.0.0.1 (``Host``), nor by a page from elsewhere (``Origin``).
    """
    if not _is_loopback(urlsplit(f"//{headers.get('host', 'localhost')}").hostname):
        return "Host"
    origin = headers.get("origin")
    if origin is not None and not _is_loopback(urlsplit(origin).hostname):
        return "Origin"
    return None


def _is_loopback(name: str | None) -> bool:
    return name in ("127.0.0.1", "localhost", "::1") or (name or "").endswith(".localhost")
