"""The HTTP front: the routes of the functions, the Event Grid webhook and the host's own pages."""

import logging
import re
from collections.abc import Awaitable, Callable
from urllib.parse import parse_qsl

from local.host.admin import Admin
from local.host.asgi import (
    BodyTooLarge,
    CallerGone,
    Receive,
    Response,
    Scope,
    Send,
    foreign_caller,
    headers_of,
    read_body,
    refusal,
)
from local.host.errors import InvocationFailed
from local.host.eventgrid import EventGridWebhook
from local.host.functions import Function
from local.host.invoker import Invoker
from local.host.limits import Busy, RequestLimits
from local.host.routes import RouteTable
from local.host.wire import Binary, HttpRequest, HttpResponse, Json, Value

_log = logging.getLogger("local.host.http")

# App Service takes these from callers and sets its own: https://learn.microsoft.com/azure/app-service/configure-authentication-user-identities
_IDENTITY_HEADERS = ("x-ms-client-principal", "x-ms-token-")
# Set by the server itself.
_FRAMING_HEADERS = ("content-length", "transfer-encoding", "connection")
# RFC 9110, sections 5.1 and 5.5. The server would send line ends as they are.
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_HEADER_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")

_ADMIN, _WEBHOOK = "/admin/", "/runtime/webhooks/eventgrid"


class HttpFront:
    """The ASGI app of the host."""

    def __init__(
        self, routes: RouteTable, invoker: Invoker, webhook: EventGridWebhook, admin: Admin, limits: RequestLimits
    ) -> None:
        self._routes = routes
        self._invoker = invoker
        self._webhook = webhook
        self._admin = admin
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            raise NotImplementedError(f"ASGI scope {scope['type']}")
        try:
            response = await self._answer(scope, receive)
        except CallerGone:
            _log.debug("%s %s: the caller left before it had sent its request", scope["method"], scope["path"])
            return
        await response.send(send)

    async def _answer(self, scope: Scope, receive: Receive) -> Response:
        headers = headers_of(scope)
        if header := foreign_caller(headers):
            return refusal(403, f"the header {header} names another site: this host answers its own machine only")
        try:
            return await self._dispatch(scope, headers, lambda: read_body(receive))
        except BodyTooLarge:
            return refusal(413, "the body is longer than 100 MB")

    async def _dispatch(self, scope: Scope, headers: dict[str, str], body: Callable[[], Awaitable[bytes]]) -> Response:
        path = scope["path"].lower()
        if path.rstrip("/") == _WEBHOOK:
            name = _query(scope).get("functionName", "")
            return await self._webhook.receive(scope["method"], name, headers, await body())
        if path.startswith(_ADMIN):
            return await self._admin.answer(scope["method"], scope["path"], await body())
        found = self._routes.find(scope["method"], scope["raw_path"].decode("ascii"))
        if found is None:
            return Response(404)
        function, params = found
        try:
            async with self._limits.admit():
                return await self._run(function, _request(scope, headers, params, await body()))
        except Busy:
            return Response(429)

    async def _run(self, function: Function, request: HttpRequest) -> Response:
        try:
            result = await self._invoker.run(function, request)
        except InvocationFailed:
            return Response(500)
        return _response(result)


def _request(scope: Scope, headers: dict[str, str], params: dict[str, str], body: bytes) -> HttpRequest:
    host = headers.get("host") or "{}:{}".format(*scope["server"])
    query = f"?{scope['query_string'].decode('latin-1')}" if scope["query_string"] else ""
    return HttpRequest(
        method=scope["method"],
        url=f"{scope['scheme']}://{host}{scope['raw_path'].decode('ascii')}{query}",
        headers={name: value for name, value in headers.items() if not name.startswith(_IDENTITY_HEADERS)},
        params=params,
        query=_query(scope),
        body=body,
    )


def _query(scope: Scope) -> dict[str, str]:
    """Return the query by name: values of one name are joined by a comma, empty ones are dropped."""
    query: dict[str, str] = {}
    for name, value in parse_qsl(scope["query_string"].decode("latin-1")):
        query[name] = f"{query[name]},{value}" if name in query else value
    return query


def _http_response(result: HttpResponse) -> Response:
    given = [(name, value) for name, value in result.headers.items() if name.lower() not in _FRAMING_HEADERS]
    headers = [*given, *(("set-cookie", cookie) for cookie in result.cookies)]
    for name, value in headers:
        if not (_HEADER_NAME.fullmatch(name) and _HEADER_VALUE.fullmatch(value)):
            _log.error("a function returned the header %s, which is not one that HTTP allows", name)
            return Response(500)
    return Response(result.status, result.body, headers)


def _response(result: Value | HttpResponse | None) -> Response:
    if isinstance(result, HttpResponse):
        return _http_response(result)
    if result is None:
        _log.error("an HTTP function returned nothing: it must return a response")
        return Response(500)
    if isinstance(result, Binary):
        return Response(200, result.content, [("content-type", "application/octet-stream")])
    kind = "application/json" if isinstance(result, Json) else "text/plain"
    return Response(200, result.content.encode(), [("content-type", f"{kind}; charset=utf-8")])
