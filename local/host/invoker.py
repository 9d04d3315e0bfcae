"""Running functions: ids, the time limit, outputs, and one log line each."""

import asyncio
import logging
import secrets
import time
import uuid
from collections.abc import Callable
from typing import Protocol

from local.host.errors import FunctionRaised, HostStopping, InvocationFailed
from local.host.functions import Function
from local.host.wire import HttpRequest, HttpResponse, Invoke, Returned, Value
from local.host.worker import Worker

_log = logging.getLogger("local.host")

# RFC 9110, section 9.2.1: they change nothing.
_SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


class Outputs(Protocol):
    """Writes what functions send through their output bindings."""

    async def write(self, function: Function, outputs: dict[str, Value]) -> None:
        """Write all outputs of one invocation; raises ``OutputFailed``."""


class Invoker:
    """Runs functions in the worker; ``after_work`` is called when one has ended that may have changed something."""

    def __init__(self, worker: Worker, outputs: Outputs, timeout_seconds: float | None) -> None:
        self._worker = worker
        self._outputs = outputs
        self._timeout_seconds = timeout_seconds
        self._running = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self.after_work: list[Callable[[], None]] = []

    @property
    def running(self) -> int:
        """Return how many functions run now."""
        return self._running

    async def wait_until_idle(self) -> None:
        """Wait until no function runs."""
        await self._idle.wait()

    async def run(
        self,
        function: Function,
        value: Value | HttpRequest,
        metadata: dict[str, Value] | None = None,
        *,
        attempt: tuple[int, int] = (0, 0),
    ) -> Value | HttpResponse | None:
        """Run one function and write its outputs; returns what it returned.

        ``attempt`` is the number of retries so far and the most that there may be. Raises ``InvocationFailed``, which
        has been logged, if the function, its worker or an output failed.
        """
        invoke = Invoke(
            invocation_id=str(uuid.uuid4()),
            function_id=function.function_id,
            parameter=function.parameter,
            value=value,
            metadata=metadata or {},
            trace_parent=_trace_parent(value),
            retry_count=attempt[0],
            max_retry_count=attempt[1],
        )
        started = time.monotonic()
        self._enter()
        try:
            returned = await self._worker.call(invoke, self._timeout_seconds)
            result = await self._write_outputs(function, returned)
        except InvocationFailed as error:
            _log_failure(function, invoke, error, time.monotonic() - started)
            raise
        finally:
            self._leave()
            if not (isinstance(value, HttpRequest) and value.method in _SAFE_METHODS):
                self.announce_work()
        if _log.isEnabledFor(logging.DEBUG):
            _log.debug("succeeded in %.1f ms", (time.monotonic() - started) * 1000, extra=_origin(function, invoke))
        return result

    async def _write_outputs(self, function: Function, returned: Returned) -> Value | HttpResponse | None:
        outputs = dict(returned.outputs)
        result = returned.value
        if "$return" in function.outputs and isinstance(result, Value):
            outputs["$return"] = result
        if outputs:
            await self._outputs.write(function, outputs)
        return result

    def _enter(self) -> None:
        self._running += 1
        self._idle.clear()

    def _leave(self) -> None:
        self._running -= 1
        if not self._running:
            self._idle.set()

    def announce_work(self) -> None:
        """Tell the listeners that there may be something for them."""
        for call in self.after_work:
            call()


def _log_failure(function: Function, invoke: Invoke, error: InvocationFailed, seconds: float) -> None:
    level = logging.WARNING if isinstance(error, HostStopping) else logging.ERROR
    stack = error.stack if isinstance(error, FunctionRaised) else ""
    origin = _origin(function, invoke) | {"details": stack}
    _log.log(level, "failed after %.1f ms: %s", seconds * 1000, error, extra=origin)


def _origin(function: Function, invoke: Invoke) -> dict[str, str]:
    return {"invocation": f"{function.name} {invoke.invocation_id}"}


def _trace_parent(value: Value | HttpRequest) -> str:
    """Continue the caller's trace, or begin one: https://www.w3.org/TR/trace-context/#traceparent-header."""
    if isinstance(value, HttpRequest) and (given := value.headers.get("traceparent")):
        return given
    return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"
