"""The host put together: load an app, listen for it, stop in good order."""

import asyncio
import contextlib
import hashlib
import logging
import signal
import socket
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from local.host.admin import Admin
from local.host.errors import HostRefused
from local.host.eventgrid import EventGridWebhook
from local.host.functions import EventGridTrigger, Function, HttpTrigger, Queue, TimerTrigger, functions_of
from local.host.http import HttpFront
from local.host.invoker import Invoker
from local.host.limits import RequestLimits
from local.host.logs import log_to_stderr
from local.host.queues import QueueListener, QueueOutputs
from local.host.routes import RouteTable
from local.host.schedule import BadSchedule, Schedule
from local.host.server import bind, serve_http
from local.host.settings import Settings, load_settings
from local.host.storage import Storage
from local.host.timer_status import StatusBlob
from local.host.timers import TimerListener
from local.host.worker import Worker
from local.host.worker_process import AppFolder

_log = logging.getLogger("local.host")


@dataclass(frozen=True)
class Options:
    """How to run a host.

    Port 0 lets the system choose. ``lease_seconds`` is how long a message of a killed host stays invisible,
    ``drain_seconds`` how long functions under way may go on when the host is stopped.
    """

    app: Path
    port: int = 7071
    lease_seconds: int = 60
    drain_seconds: int = 10
    log_level: str = "info"


class _Part(Protocol):
    async def wait_until_idle(self) -> None: ...


_Listener = QueueListener | TimerListener


def run(options: Options, environment: Mapping[str, str]) -> None:
    """Run a host until SIGINT or SIGTERM.

    Raises ``HostRefused`` or ``IndexingFailed`` if it cannot start, or cannot go on.
    """
    log_to_stderr(options.log_level, {"azure": "warning", "asyncio": "warning", "uvicorn": "warning"})
    settings = load_settings(options.app, environment)
    # Cancelled only by a signal that comes before the host is up.
    with contextlib.suppress(asyncio.CancelledError):
        asyncio.run(_Host(options, settings).run())


class _Host:
    def __init__(self, options: Options, settings: Settings) -> None:
        self._options = options
        self._settings = settings
        self._storage = Storage()
        self._stop = asyncio.Event()

    async def run(self) -> None:
        # Bound at once, so that a port in use is found first; nothing listens until the app is loaded.
        with bind(self._options.port) as address:
            await self._run_on(address)

    async def _run_on(self, address: socket.socket) -> None:
        base = "http://{}:{}".format(*address.getsockname())
        starting = asyncio.current_task()
        assert starting
        _on_signal(starting.cancel)
        worker = Worker(self._app_folder(base))
        try:
            functions = functions_of(await worker.start(), self._settings)
            invoker = Invoker(worker, self._outputs(), self._settings.host.timeout_seconds)
            listeners = await self._listeners(functions, invoker)
            front = self._front(functions, invoker)
            _on_signal(self._stop.set)
            self._announce(functions, base)
            await self._serve(
                serve_http(address, front, self._stop, self._options.drain_seconds), [*listeners, invoker], worker
            )
        finally:
            await worker.stop()
            await self._storage.close()

    async def _serve(self, http: Coroutine[Any, Any, None], parts: list[_Part], worker: Worker) -> None:
        serving = asyncio.create_task(http)
        listening = [asyncio.create_task(part.listen()) for part in parts if isinstance(part, _Listener)]
        lost = asyncio.create_task(worker.run_until_lost())
        stopped = asyncio.create_task(self._stop.wait())
        await asyncio.wait([serving, lost, stopped], return_when=asyncio.FIRST_COMPLETED)
        self._stop.set()
        drain_seconds = self._options.drain_seconds
        _log.info("stopping: functions under way may end within %d seconds", drain_seconds)
        for task in (*listening, stopped):
            task.cancel()
        idle = [asyncio.create_task(part.wait_until_idle()) for part in parts]
        await asyncio.wait([serving, *idle], timeout=drain_seconds)
        await worker.stop()
        await asyncio.gather(serving, *idle)
        with contextlib.suppress(asyncio.CancelledError):
            await lost

    async def _listeners(self, functions: list[Function], invoker: Invoker) -> list[_Listener]:
        listeners: list[_Listener] = []
        await self._check_storage(functions)
        for function in functions:
            if isinstance(function.trigger, Queue):
                listener = QueueListener(
                    function=function,
                    queue=function.trigger,
                    storage=self._storage,
                    settings=self._settings.host.extensions.queues,
                    invoker=invoker,
                    lease_seconds=self._options.lease_seconds,
                )
                # A function that ended may have sent a message: look at once.
                invoker.after_work.append(listener.wake)
                listeners.append(listener)
            elif isinstance(function.trigger, TimerTrigger):
                listeners.append(await self._timer(function, function.trigger, invoker))
        return listeners

    async def _timer(self, function: Function, trigger: TimerTrigger, invoker: Invoker) -> TimerListener:
        try:
            is_monitored = trigger.use_monitor and not Schedule(trigger.schedule).is_frequent
        except BadSchedule as error:
            raise HostRefused(f"function {function.name}: {error}") from error
        status = None
        if is_monitored:
            connection = self._settings.storage_connection("AzureWebJobsStorage", f"timer {function.name}")
            container = await self._storage.state_container(connection)
            blob = f"timers/{self._host_id}/Host.Functions.{function.name}/status"
            status = StatusBlob(container.get_blob_client(blob))
        return TimerListener(function, trigger, invoker, status)

    async def _check_storage(self, functions: list[Function]) -> None:
        queues = [function.trigger for function in functions if isinstance(function.trigger, Queue)]
        queues += [queue for function in functions for queue in function.outputs.values()]
        for connection in {queue.connection for queue in queues}:
            await self._storage.check_queues(connection)

    def _front(self, functions: list[Function], invoker: Invoker) -> HttpFront:
        http = self._settings.host.extensions.http
        return HttpFront(
            RouteTable(functions, http.route_prefix),
            invoker,
            EventGridWebhook(functions, invoker),
            Admin(self._host_id, functions, invoker),
            RequestLimits(http),
        )

    def _outputs(self) -> QueueOutputs:
        return QueueOutputs(self._storage, self._settings.host.extensions.queues.is_base64)

    def _app_folder(self, base: str) -> AppFolder:
        environment = {"WEBSITE_HOSTNAME": base.removeprefix("http://"), **self._settings.environment}
        levels = self._settings.host.logging.levels
        return AppFolder(self._settings.app, environment, self._options.log_level, levels)

    @property
    def _host_id(self) -> str:
        given = self._settings.environment.get("AzureFunctionsWebHost__hostid")
        return given or hashlib.sha256(str(self._settings.app).encode()).hexdigest()[:32]

    def _announce(self, functions: list[Function], base: str) -> None:
        _log.info("a local functions host for %s (this is neither Azure nor Core Tools)", self._settings.app)
        for function in functions:
            _log.info("%s: %s", function.name, _describe(function, base, self._settings))
        _log.info("listening on %s", base)


def _on_signal(action: Callable[[], object]) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, action)


def _describe(function: Function, base: str, settings: Settings) -> str:
    match function.trigger:
        case HttpTrigger(route=route, methods=methods):
            prefix = settings.host.extensions.http.route_prefix.strip("/")
            path = "/".join(part for part in (prefix, route.strip("/")) if part)
            return f"{','.join(sorted(methods)) or 'any method'} {base}/{path}"
        case Queue(name=name):
            return f"queue {name}"
        case TimerTrigger(schedule=schedule):
            return f"timer {schedule}"
        case EventGridTrigger():
            return f"Event Grid {base}/runtime/webhooks/EventGrid?functionName={function.name}"
