"""What a client asks of Resource Graph: a query, the scope, and the page that it wants."""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import Annotated, Literal

import msgspec

from shared.api.errors import ApiError, bad_request
from shared.kql.sandbox.orders import FacetOrder, Order

_MOST_FACETS = 10
_Count = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]
_Top = Annotated[int, msgspec.Meta(ge=1, le=1000)]


class _FacetOptions(msgspec.Struct, rename={"sort_by": "sortBy", "sort_order": "sortOrder", "top": "$top"}):
    sort_by: str | None = None
    sort_order: str | None = None
    filter: str | None = None
    top: _Top | None = None


class _Facet(msgspec.Struct):
    expression: str
    options: _FacetOptions | None = None


class _Options(
    msgspec.Struct,
    rename={"skip_token": "$skipToken", "top": "$top", "skip": "$skip", "result_format": "resultFormat"},
):
    skip_token: str | None = None
    top: _Top | None = None
    skip: _Count | None = None
    result_format: Literal["table", "objectArray"] | None = None


class _Body(msgspec.Struct, rename={"management_groups": "managementGroups"}):
    query: str
    subscriptions: list[str] | None = None
    management_groups: list[str] | None = None
    options: _Options | None = None
    facets: list[_Facet] | None = None


class _Token(msgspec.Struct, array_like=True):
    """Where a page begins, how long it is, and the question that it belongs to."""

    skip: _Count
    top: _Top
    question: str


class GraphRequest(msgspec.Struct, frozen=True):
    """A query as it is worked off, and the question that a token of it is bound to."""

    order: Order
    question: str
    resumed: bool

    def token(self, skip: int) -> str:
        """Make the token of the page that begins at a row."""
        packed = msgspec.json.encode(_Token(skip, self.order.most, self.question))
        # An SDK cuts and quotes addresses anew: nothing in it may need quoting.
        return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def parse_request(body: bytes, version: str) -> GraphRequest:
    """Read a request; raise ApiError 400."""
    try:
        asked = msgspec.json.decode(body, type=_Body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise ApiError(400, "BadRequest", f"The request body is not what the API takes: {error}") from error
    options = asked.options or _Options()
    everywhere = asked.subscriptions is None or asked.management_groups
    scope = None if everywhere else tuple(name.lower() for name in asked.subscriptions or ())
    # The default was another one before 2021.
    table = (options.result_format or ("table" if version < "2020" else "objectArray")) == "table"
    question = hashlib.sha256(repr((asked.query, scope)).encode("utf-8", "surrogatepass")).hexdigest()[:16]
    token = _token(options.skip_token, question)
    order = Order(
        asked.query,
        subscriptions=scope,
        skip=token.skip if token else options.skip or 0,
        most=options.top or (token.top if token else 1000),
        table=table,
        facets=_facets(asked.facets or []),
    )
    return GraphRequest(order, question, resumed=token is not None)


def _token(text: str | None, question: str) -> _Token | None:
    if not text:
        return None
    try:
        token = msgspec.json.decode(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), type=_Token)
    except (binascii.Error, ValueError, msgspec.MsgspecError, RecursionError) as error:
        raise bad_request("$skipToken", "not a token of this service") from error
    if token.question != question:
        raise bad_request("$skipToken", "belongs to another query or scope: send those of the first page again")
    return token


def _facets(asked: list[_Facet]) -> tuple[FacetOrder, ...]:
    if len(asked) > _MOST_FACETS:
        raise bad_request("facets", f"there may be {_MOST_FACETS}")
    orders = []
    for one in asked:
        options = one.options or _FacetOptions()
        descending = (options.sort_order or "desc").lower() != "asc"
        sort_by = options.sort_by or "count"
        orders.append(FacetOrder(one.expression, sort_by, descending, options.filter or "", options.top or 10))
    return tuple(orders)
