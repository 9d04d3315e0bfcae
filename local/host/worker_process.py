"""One worker process and the calls that run in it."""

import asyncio
import contextlib
import os
import signal
import socket
import sys
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from local.host.child import Start
from local.host.errors import FunctionRaised, HostRefused, IndexingFailed, WorkerDied
from local.host.wire import Invoke, Raised, Ready, Refused, Returned, frame, read_answer

_IMPORT_ROOT = Path(__file__).resolve().parents[2]
_STANDARD_ERROR = 2


@dataclass(frozen=True)
class AppFolder:
    """Where an app is and what its worker gets: the environment in full and the levels of its log."""

    path: Path
    environment: dict[str, str]
    log_level: str = "info"
    log_levels: dict[str, str] = field(default_factory=dict)


class WorkerProcess:
    """A running worker whose app is loaded; made by ``start_worker_process``."""

    def __init__(
        self,
        process: asyncio.subprocess.Process,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        ready: Ready,
    ) -> None:
        self.ready = ready
        self._process = process
        self._reader = reader
        self._writer = writer
        self._pending: dict[str, asyncio.Future[Returned]] = {}
        self._ended = False

    async def call(self, invoke: Invoke) -> Returned:
        """Run one function.

        Raises ``FunctionRaised`` if it fails and ``WorkerDied`` if the process ends first.
        """
        if self._ended:
            raise WorkerDied("the worker process has ended")
        answer: asyncio.Future[Returned] = asyncio.get_running_loop().create_future()
        self._pending[invoke.invocation_id] = answer
        try:
            self._writer.write(frame(invoke))
            return await answer
        finally:
            self._pending.pop(invoke.invocation_id, None)

    async def deliver_answers(self) -> None:
        """Hand answers to those who wait for them, until the process closes its end of the socket."""
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError, msgspec.DecodeError):
            while True:
                self._deliver(await read_answer(self._reader))

    async def bury(self) -> int:
        """End what is left of the process, fail the calls that still wait, and return the exit status."""
        self._ended = True
        self.kill()
        status = await self._process.wait()
        self._writer.close()
        for answer in self._pending.values():
            if not answer.done():
                answer.set_exception(WorkerDied(f"the worker process ended with status {status}"))
        return status

    def _deliver(self, message: object) -> None:
        if not isinstance(message, Returned | Raised):
            return
        answer = self._pending.get(message.invocation_id)
        if answer is None or answer.done():
            return
        if isinstance(message, Returned):
            answer.set_result(message)
        else:
            answer.set_exception(FunctionRaised(message.message, message.stack))

    def kill(self) -> None:
        """End the process, and whatever its app started, at once."""
        _kill_group(self._process.pid)


async def start_worker_process(app: AppFolder) -> WorkerProcess:
    """Start a worker and wait until it has loaded the app.

    Raises ``IndexingFailed`` with the library's message if the app cannot be loaded, and ``HostRefused`` if the
    worker ends without saying why.
    """
    ours, theirs = socket.socketpair()
    with theirs:
        process = await _spawn(app, theirs.fileno())
    reader, writer = await asyncio.open_unix_connection(sock=ours)
    try:
        answer = await read_answer(reader)
        if isinstance(answer, Ready):
            return WorkerProcess(process, reader, writer, answer)
    except (asyncio.IncompleteReadError, ConnectionError) as error:
        writer.close()
        raise HostRefused(
            f"the worker ended with status {await process.wait()} while it loaded {app.path}: see its output above"
        ) from error
    except asyncio.CancelledError:
        _kill_group(process.pid)
        raise
    writer.close()
    _kill_group(process.pid)
    await process.wait()
    refused = answer if isinstance(answer, Refused) else Refused(f"unexpected first answer {answer!r}", "")
    raise IndexingFailed(f"the app in {app.path} cannot be loaded: {refused.message}\n{refused.stack}".rstrip())


async def _spawn(app: AppFolder, descriptor: int) -> asyncio.subprocess.Process:
    start = Start(descriptor, str(app.path), app.log_level, app.log_levels)
    # -P keeps the folder of the app off the path until the worker itself puts it there.
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "local.host.child", msgspec.json.encode(start).decode()),
        cwd=app.path,
        env=app.environment | {"PYTHONPATH": _import_path(app.environment)},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=_STANDARD_ERROR,
        pass_fds=(descriptor,),
        start_new_session=True,
    )


def _import_path(environment: dict[str, str]) -> str:
    return os.pathsep.join(filter(None, (str(_IMPORT_ROOT), environment.get("PYTHONPATH"))))


def _kill_group(leader: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGKILL)
