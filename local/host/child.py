"""The worker process: runs the functions of one app for the host at the other end of a socket.

Started by ``local.host.worker_process`` as ``python -P -m local.host.child``; its one argument is ``Start`` as JSON.
"""

import asyncio
import contextlib
import logging
import os
import select
import signal
import socket
import sys
import threading

import msgspec

from local.host.logs import log_to_stderr
from local.host.wire import FromWorker, Invoke, Ready, frame, read_invoke

_QUIET = {"azure": "warning", "azure.functions": "warning", "asyncio": "warning"}


class Start(msgspec.Struct, frozen=True):
    """What a worker must know: the socket's descriptor, the folder of the app and the levels of its log."""

    descriptor: int
    app: str
    log_level: str
    log_levels: dict[str, str]


def main() -> None:
    """Serve the host until its end of the socket closes."""
    start = msgspec.json.decode(sys.argv[1], type=Start)
    # Ctrl-C reaches every process of a terminal; the host alone decides when its worker ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    channel = socket.socket(fileno=start.descriptor)
    threading.Thread(target=_end_with_host, args=(channel,), daemon=True).start()
    sys.path.insert(0, start.app)
    try:
        asyncio.run(_serve(channel, start))
    except Exception:
        logging.exception("the worker failed: it ends, and the host starts another")
    _end()


async def _serve(channel: socket.socket, start: Start) -> None:
    # Imported late: the thread that watches the host must not wait for the imports.
    from local.host.runtime import load_app

    running = _Running()
    log_to_stderr(start.log_level, _QUIET | start.log_levels, running.describe_current)
    reader, writer = await asyncio.open_unix_connection(sock=channel)
    loaded = await load_app(start.app)
    writer.write(frame(loaded))
    if isinstance(loaded, Ready):
        running.names = {function.function_id: function.name for function in loaded.functions}
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                running.start(await read_invoke(reader), writer)
    writer.close()
    await writer.wait_closed()


class _Running:
    """The invocations that run in this process."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self._functions: dict[str, str] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, invoke: Invoke, writer: asyncio.StreamWriter) -> None:
        self._functions[invoke.invocation_id] = self.names[invoke.function_id]
        task = asyncio.create_task(self._run(invoke, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(self, invoke: Invoke, writer: asyncio.StreamWriter) -> None:
        from local.host.runtime import run_function

        answer: FromWorker = await run_function(invoke)
        del self._functions[invoke.invocation_id]
        writer.write(frame(answer))

    def describe_current(self) -> str:
        """Return the function name and the id of the invocation that the caller belongs to, or nothing."""
        from azure_functions_runtime import invocation_id_cv

        current = invocation_id_cv.get()
        return f"{self._functions.get(current, '?')} {current}" if current else ""


def _end_with_host(channel: socket.socket) -> None:
    """Watch the socket from a thread, since a function may block the event loop for as long as it likes."""
    watch = select.poll()
    watch.register(channel.fileno(), 0)
    watch.poll()
    _end()


def _end() -> None:
    # The worker leads its own process group: what the app started ends with it.
    if os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(1)


if __name__ == "__main__":
    main()
