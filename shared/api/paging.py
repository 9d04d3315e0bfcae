"""Pages of a list: ``top``, and a token that names the last item of the page before.

A token is the sort key of that item, so that a list which changes between two pages neither repeats nor skips the
items that stayed.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import msgspec

from shared.api.errors import bad_request

DEFAULT_TOP = 100
MAX_TOP = 1000


@dataclass(frozen=True)
class PageRequest:
    """Which page is wanted, and the address that was asked, from which the next one is made."""

    top: int
    after: tuple[Any, ...] | None
    url: str

    @classmethod
    def parse(cls, top: str | None, token: str | None, url: str) -> PageRequest:
        """Read the query parameters ``top`` and ``skipToken``; raise ApiError 400."""
        return cls(_top(top), _decode(token) if token else None, url)

    def position[Position](self, kind: type[Position]) -> Position | None:
        """Return the key after which the page begins, None for the first page; raise ApiError 400."""
        if self.after is None:
            return None
        try:
            return msgspec.convert(self.after, kind)
        except msgspec.ValidationError as error:
            raise bad_request("skipToken", "not a token of this list") from error

    @property
    def enough(self) -> int:
        """How many items a page is cut out of: one more tells that there is a next page."""
        return self.top + 1


def page[Item](items: Sequence[Item], key: Callable[[Item], tuple[Any, ...]], request: PageRequest) -> dict[str, Any]:
    """Cut a page out of a sorted list: ``{"value": [...], "nextLink": "<absolute>"}``."""
    rest = list(items)
    if request.after is not None:
        try:
            rest = [item for item in items if key(item) > request.after]
        except TypeError as error:
            raise bad_request("skipToken", "not a token of this list") from error
    value = rest[: request.top]
    answer: dict[str, Any] = {"value": value}
    if len(rest) > len(value):
        answer["nextLink"] = _next_link(request.url, key(value[-1]))
    return answer


def _top(text: str | None) -> int:
    if text is None:
        return DEFAULT_TOP
    if not text.isascii() or not text.isdigit() or len(text) > 9 or not 1 <= int(text) <= MAX_TOP:
        raise bad_request("top", f"must be a number from 1 to {MAX_TOP}")
    return int(text)


def _next_link(url: str, last: tuple[Any, ...]) -> str:
    parts = urlsplit(url)
    query = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name != "skipToken"]
    token = base64.urlsafe_b64encode(msgspec.json.encode(last)).decode().rstrip("=")
    return urlunsplit(parts._replace(query=urlencode([*query, ("skipToken", token)])))


def _decode(token: str) -> tuple[Any, ...]:
    try:
        padded = token + "=" * (-len(token) % 4)
        return tuple(msgspec.json.decode(base64.urlsafe_b64decode(padded), type=list[str | int | float]))
    except (binascii.Error, ValueError, msgspec.MsgspecError) as error:
        raise bad_request("skipToken", "not a token of this list") from error
