"""The host's own pages: is it up, what does it run, and running a function by hand.

https://learn.microsoft.com/azure/azure-functions/functions-manually-run-non-http
"""

import asyncio
import logging
import time
from collections.abc import Callable
from urllib.parse import unquote

import msgspec

from local.host.asgi import Response, json_response, refusal
from local.host.errors import InvocationFailed
from local.host.functions import EventGridTrigger, Function, HttpTrigger, TimerTrigger
from local.host.invoker import Invoker
from local.host.timer_status import timer_payload
from local.host.wire import Json, Text, Value

_log = logging.getLogger("local.host.admin")
_FUNCTIONS = "/admin/functions/"


class _ManualRun(msgspec.Struct, frozen=True):
    input: str = ""


class Admin:
    """Answers ``/admin/...``."""

    def __init__(self, host_id: str, functions: list[Function], invoker: Invoker) -> None:
        self._host_id = host_id
        self._functions = {function.name.lower(): function for function in functions}
        self._invoker = invoker
        self._started = time.monotonic()
        self._runs: set[asyncio.Task[None]] = set()

    async def answer(self, method: str, path: str, body: bytes) -> Response:
        """Answer one request below ``/admin/``."""
        pages: dict[tuple[str, str], Callable[[], Response]] = {
            ("GET", "/admin/host/ping"): lambda: Response(200),
            ("POST", "/admin/host/ping"): lambda: Response(200),
            ("GET", "/admin/host/status"): self._status,
        }
        if page := pages.get((method, path.lower().rstrip("/"))):
            return page()
        if method == "POST" and path.lower().startswith(_FUNCTIONS):
            return self._run_by_hand(unquote(path[len(_FUNCTIONS) :]), body)
        return Response(404)

    def _status(self) -> Response:
        return json_response(
            {
                "id": self._host_id,
                "state": "Running",
                "processUptime": int((time.monotonic() - self._started) * 1000),
                "functions": sorted(function.name for function in self._functions.values()),
                "running": self._invoker.running,
            }
        )

    def _run_by_hand(self, name: str, body: bytes) -> Response:
        function = self._functions.get(name.lower())
        if function is None:
            return refusal(404, f"there is no function {name}, or it is disabled")
        if isinstance(function.trigger, HttpTrigger):
            return refusal(400, f"{name} is an HTTP function: call its route")
        try:
            run = msgspec.json.decode(body or b"{}", type=_ManualRun)
            value = _manual_input(function, run.input)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            return refusal(400, f'the body must be {{"input": "..."}}: {error}')
        task = asyncio.create_task(self._run(function, value))
        self._runs.add(task)
        task.add_done_callback(self._runs.discard)
        return Response(202)

    async def _run(self, function: Function, value: Value) -> None:
        try:
            await self._invoker.run(function, value)
        except InvocationFailed as error:
            # The caller has had its 202; the invoker has logged why.
            _log.debug("the manual run of %s failed: %s", function.name, error)


def _manual_input(function: Function, given: str) -> Value:
    if isinstance(function.trigger, TimerTrigger):
        return timer_payload(None, is_past_due=False)
    if isinstance(function.trigger, EventGridTrigger):
        msgspec.json.decode(given, type=dict)
        return Json(given)
    return Text(given)
