"""The functions of an app, typed by their trigger; whatever the host cannot run is refused here.

Binding properties: https://learn.microsoft.com/azure/azure-functions/functions-triggers-bindings
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from local.host.errors import HostRefused
from local.host.settings import Settings
from local.host.wire import IndexedFunction, Ready, Retry

_DEFAULT_CONNECTION = "AzureWebJobsStorage"


@dataclass(frozen=True)
class HttpTrigger:
    """An HTTP route; no methods means every method."""

    route: str
    methods: frozenset[str]


@dataclass(frozen=True)
class Queue:
    """A storage queue: its name and the connection string of its account."""

    name: str
    connection: str


@dataclass(frozen=True)
class TimerTrigger:
    """A timer: an NCRONTAB expression or a time span."""

    schedule: str
    run_on_startup: bool
    use_monitor: bool


@dataclass(frozen=True)
class EventGridTrigger:
    """A subscriber of the Event Grid webhook."""


Trigger = HttpTrigger | Queue | TimerTrigger | EventGridTrigger


@dataclass(frozen=True)
class Function:
    """One function; ``parameter`` is the name of its trigger's argument, ``outputs`` are queues by argument name."""

    name: str
    function_id: str
    parameter: str
    trigger: Trigger
    outputs: Mapping[str, Queue]
    retry: Retry | None


def functions_of(ready: Ready, settings: Settings) -> list[Function]:
    """Type the functions that an app declares, without those that are disabled.

    Raises ``HostRefused`` for a trigger, a binding or a capability that this host does not have.
    """
    if "HttpUri" in ready.capabilities:
        raise HostRefused("the app uses HTTP streaming (azurefunctions-extensions-http-fastapi): not supported here")
    return [_typed(function, settings) for function in ready.functions if not settings.is_disabled(function.name)]


def _typed(function: IndexedFunction, settings: Settings) -> Function:
    bindings: list[dict[str, Any]] = [msgspec.json.decode(binding) for binding in function.bindings]
    triggers = [binding for binding in bindings if binding["type"].lower().endswith("trigger")]
    if len(triggers) != 1:
        raise HostRefused(f"function {function.name} has {len(triggers)} triggers: it must have one")
    others = [binding for binding in bindings if binding is not triggers[0]]
    reader = _BindingReader(function.name, settings)
    return Function(
        name=function.name,
        function_id=function.function_id,
        parameter=triggers[0]["name"],
        trigger=reader.trigger(triggers[0]),
        outputs=reader.outputs(others),
        retry=function.retry,
    )


class _BindingReader:
    """Reads the bindings of one function, whose name goes into every message."""

    def __init__(self, function: str, settings: Settings) -> None:
        self._function = function
        self._settings = settings

    def trigger(self, binding: dict[str, Any]) -> Trigger:
        self._refuse_sdk_types(binding)
        match binding["type"].lower():
            case "httptrigger":
                methods = frozenset(str(method).upper() for method in binding.get("methods") or ())
                return HttpTrigger(binding.get("route") or self._function, methods)
            case "queuetrigger":
                return self._queue(binding)
            case "timertrigger":
                schedule = self._settings.resolve(binding["schedule"], f"function {self._function}")
                # The default of the decorator is null, and the trigger's own default is on.
                monitored = binding.get("useMonitor") is not False
                return TimerTrigger(schedule, bool(binding.get("runOnStartup")), monitored)
            case "eventgridtrigger":
                return EventGridTrigger()
        raise HostRefused(f"function {self._function} has a trigger of type {binding['type']}: not supported here")

    def outputs(self, bindings: Iterable[dict[str, Any]]) -> dict[str, Queue]:
        queues = {}
        for binding in bindings:
            self._refuse_sdk_types(binding)
            direction, kind = binding["direction"].lower(), binding["type"].lower()
            if direction == "out" and kind == "queue":
                queues[binding["name"]] = self._queue(binding)
            elif (direction, kind) != ("out", "http"):
                raise HostRefused(
                    f"function {self._function} has an {direction}put binding of type {binding['type']}: "
                    "not supported here"
                )
        return queues

    def _queue(self, binding: dict[str, Any]) -> Queue:
        purpose = f"function {self._function}, queue {binding['queueName']}"
        name = self._settings.resolve(binding["queueName"], purpose)
        if "{" in name:
            raise HostRefused(f"{purpose}: binding expressions in queue names are not supported here")
        connection = binding.get("connection") or _DEFAULT_CONNECTION
        return Queue(name.lower(), self._settings.storage_connection(connection, purpose))

    def _refuse_sdk_types(self, binding: dict[str, Any]) -> None:
        properties = {key.lower(): value for key, value in (binding.get("properties") or {}).items()}
        if str(properties.get("supportsdeferredbinding")).lower() == "true":
            raise HostRefused(
                f"function {self._function} takes {binding['name']} as an SDK type: not supported here, take str or "
                "bytes"
            )
