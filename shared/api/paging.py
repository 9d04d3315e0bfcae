"""Pages of a list: ``top``, and ``skipToken`` that names the last item of the page before.

A token is the sort key of that item, so that a list which changes between two pages neither repeats nor skips the
items that stayed.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
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
    prefix: str = ""

    @classmethod
    def parse(
        cls, top: str | None, token: str | None, url: str, *, prefix: str = "", default: int = DEFAULT_TOP
    ) -> PageRequest:
        """Read the query parameters ``top`` and ``skipToken``, before which a prefix may stand; raise ApiError 400."""
        after = _decode(f"{prefix}skipToken", token) if token else None
        return cls(_top(f"{prefix}top", top, default), after, url, prefix)

    @property
    def token_name(self) -> str:
        """The name of the parameter that holds the token."""
        return f"{self.prefix}skipToken"

    def position[Position](self, kind: type[Position]) -> Position | None:
        """Return the key after which the page begins, None for the first page; raise ApiError 400."""
        if self.after is None:
            return None
        try:
            return msgspec.convert(self.after, kind)
        except msgspec.ValidationError as error:
            raise bad_request(self.token_name, "not a token of this list") from error

    @property
    def enough(self) -> int:
        """How many items a page is cut out of: one more tells that there is a next page."""
        return self.top + 1


def page[Item](items: Sequence[Item], key: Callable[[Item], tuple[Any, ...]], request: PageRequest) -> dict[str, Any]:
    """Cut a page out of a sorted list: ``{"value": [...], "nextLink": "<absolute>"}``."""
    rest: Sequence[Item] = items
    if request.after is not None:
        try:
            rest = [item for item in items if key(item) > request.after]
        except TypeError as error:
            raise bad_request(request.token_name, "not a token of this list") from error
    return first_page(rest, key, request)


def first_page[Item](
    rest: Iterable[Item], key: Callable[[Item], tuple[Any, ...]], request: PageRequest
) -> dict[str, Any]:
    """Cut a page from the start of what comes after the page before, of which no more is read than it takes."""
    read = list(islice(rest, request.enough))
    value = read[: request.top]
    answer: dict[str, Any] = {"value": value}
    if len(read) > len(value):
        answer["nextLink"] = _next_link(request, key(value[-1]))
    return answer


def _top(name: str, text: str | None, default: int) -> int:
    if text is None:
        return default
    if not text.isascii() or not text.isdigit() or len(text) > 9 or not 1 <= int(text) <= MAX_TOP:
        raise bad_request(name, f"must be a number from 1 to {MAX_TOP}")
    return int(text)


def _next_link(request: PageRequest, last: tuple[Any, ...]) -> str:
    parts, own = urlsplit(request.url), request.token_name
    query = [
        (name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name.lower() != own.lower()
    ]
    token = base64.urlsafe_b64encode(msgspec.json.encode(last)).decode().rstrip("=")
    return urlunsplit(parts._replace(query=urlencode([*query, (own, token)])))


def _decode(name: str, token: str) -> tuple[Any, ...]:
    try:
        padded = token + "=" * (-len(token) % 4)
        return tuple(msgspec.json.decode(base64.urlsafe_b64decode(padded), type=list[str | int | float]))
    except (binascii.Error, ValueError, msgspec.MsgspecError, RecursionError) as error:
        raise bad_request(name, "not a token of this list") from error
