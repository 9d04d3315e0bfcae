"""Typing the functions of an app, and refusing what the host cannot do."""

import json
from pathlib import Path
from typing import Any

import pytest

from local.host.errors import HostRefused
from local.host.functions import EventGridTrigger, Function, HttpTrigger, Queue, TimerTrigger, functions_of
from local.host.settings import HostFile, Settings
from local.host.wire import IndexedFunction, Ready

_SETTINGS = Settings(
    Path("app"),
    HostFile(),
    {"AzureWebJobsStorage": "c1", "Other": "c2", "NAME": "Scans", "AzureWebJobs.off.Disabled": "1"},
)
_HTTP = {"direction": "IN", "type": "httpTrigger", "name": "req", "route": "r"}


def typed(*bindings: dict[str, Any], name: str = "f") -> list[Function]:
    indexed = IndexedFunction(name, "id", [json.dumps(binding) for binding in bindings])
    return functions_of(Ready([indexed], {}), _SETTINGS)


@pytest.mark.parametrize(
    ("binding", "trigger"),
    [
        (_HTTP | {"methods": ["get", "POST"]}, HttpTrigger("r", frozenset({"GET", "POST"}))),
        (_HTTP | {"route": ""}, HttpTrigger("f", frozenset())),
        ({"type": "queueTrigger", "name": "m", "queueName": "%NAME%"}, Queue("scans", "c1")),
        ({"type": "queueTrigger", "name": "m", "queueName": "q", "connection": "Other"}, Queue("q", "c2")),
        ({"type": "timerTrigger", "name": "t", "schedule": "0 * * * * *"}, TimerTrigger("0 * * * * *", False, True)),
        (
            {"type": "timerTrigger", "name": "t", "schedule": "00:01:00", "runOnStartup": True, "useMonitor": False},
            TimerTrigger("00:01:00", True, False),
        ),
        ({"type": "eventGridTrigger", "name": "e"}, EventGridTrigger()),
    ],
)
def test_every_trigger_is_typed(binding: dict[str, Any], trigger: object) -> None:
    (function,) = typed(binding | {"direction": "IN"})
    assert function.trigger == trigger
    assert function.parameter == binding["name"]


def test_queue_outputs_are_found_by_argument_and_the_http_answer_is_none() -> None:
    (function,) = typed(
        _HTTP,
        {"direction": "OUT", "type": "http", "name": "$return"},
        {"direction": "OUT", "type": "queue", "name": "out", "queueName": "Q1", "connection": "Other"},
    )
    assert function.outputs == {"out": Queue("q1", "c2")}


def test_disabled_functions_are_left_out_before_they_could_be_refused() -> None:
    assert typed({"direction": "IN", "type": "blobTrigger", "name": "b"}, name="off") == []


@pytest.mark.parametrize(
    ("bindings", "message"),
    [
        ([], "function f has 0 triggers"),
        ([_HTTP, _HTTP], "function f has 2 triggers"),
        ([{"direction": "IN", "type": "kafkaTrigger", "name": "k"}], "function f has a trigger of type kafkaTrigger"),
        ([_HTTP, {"direction": "OUT", "type": "blob", "name": "o"}], "has an output binding of type blob"),
        ([_HTTP, {"direction": "IN", "type": "blob", "name": "i"}], "has an input binding of type blob"),
        ([_HTTP, {"direction": "IN", "type": "queue", "name": "i"}], "has an input binding of type queue"),
        (
            [{"direction": "IN", "type": "queueTrigger", "name": "m", "queueName": "q", "connection": "None"}],
            "function f, queue q needs the setting None",
        ),
        (
            [_HTTP, {"direction": "OUT", "type": "queue", "name": "o", "queueName": "{id}"}],
            "binding expressions in queue names",
        ),
        ([_HTTP | {"properties": {"SupportsDeferredBinding": True}}], "takes req as an SDK type"),
    ],
)
def test_what_cannot_be_done_is_refused(bindings: list[dict[str, Any]], message: str) -> None:
    with pytest.raises(HostRefused, match=message):
        typed(*bindings)


def test_http_streaming_is_refused() -> None:
    with pytest.raises(HostRefused, match="HTTP streaming"):
        functions_of(Ready([], {"HttpUri": "http://127.0.0.1:1"}), _SETTINGS)
