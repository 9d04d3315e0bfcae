"""What the host hands to triggers: requests, whose answers are read back, and timers."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import azure.functions as func

HOST = "https://plimsoll.example"


def ask(
    trigger: Callable[..., Any],
    path: str = "/",
    *,
    method: str = "GET",
    route: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    body: object = None,
) -> tuple[int, Any]:
    """Call an HTTP trigger; return the status and the JSON of the answer."""
    answer = ask_raw(trigger, path, method=method, route=route, headers=headers, body=body)
    assert answer.mimetype == "application/json"
    return answer.status_code, json.loads(answer.get_body())


def ask_raw(
    trigger: Callable[..., Any],
    path: str = "/",
    *,
    method: str = "GET",
    route: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    body: object = None,
) -> func.HttpResponse:
    """Call an HTTP trigger; ``path`` holds the query, ``body`` is bytes or becomes JSON."""
    content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    request = func.HttpRequest(
        method,
        HOST + path,
        headers=dict(headers or {}),
        params=dict(parse_qsl(urlsplit(path).query)),
        route_params=dict(route or {}),
        body=content,
    )
    answered = trigger(request)
    assert isinstance(answered, func.HttpResponse)
    return answered


class Tick(func.TimerRequest):
    """A timer that fires."""

    @property
    def past_due(self) -> bool:
        return False
