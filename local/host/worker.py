"""The worker, as the rest of the host sees it: always there, replaced when it dies."""

import asyncio
import contextlib
import logging

from local.host.errors import HostRefused, HostStopping, IndexingFailed, TimedOut, WorkerDied
from local.host.wire import Invoke, Ready, Returned
from local.host.worker_process import AppFolder, WorkerProcess, start_worker_process

_log = logging.getLogger("local.host.worker")

_FAILED_STARTS_TO_GIVE_UP = 3
_RESTART_SECONDS = 1.0


class Worker:
    """Keeps one worker process running for the functions of one app."""

    def __init__(self, app: AppFolder) -> None:
        self._app = app
        self._current: asyncio.Future[WorkerProcess] = _promise()
        self._supervision: asyncio.Task[None] | None = None
        self._stopping = False

    async def start(self) -> Ready:
        """Start the first process and return what its app declares; raises as ``start_worker_process`` does."""
        process = await start_worker_process(self._app)
        self._current.set_result(process)
        self._supervision = asyncio.create_task(self._supervise(process))
        return process.ready

    async def run_until_lost(self) -> None:
        """Wait while there is a worker; raises ``HostRefused`` when it ended and cannot be replaced."""
        if self._supervision:
            await asyncio.shield(self._supervision)

    async def call(self, invoke: Invoke, seconds: float | None) -> Returned:
        """Run one function in at most ``seconds``, which count from when a process takes it.

        Raises ``TimedOut`` (the process is ended, and all its calls fail), ``HostStopping`` while the host stops,
        and whatever ``WorkerProcess.call`` raises.
        """
        process = await asyncio.shield(self._current)
        try:
            async with asyncio.timeout(seconds):
                return await process.call(invoke)
        except TimeoutError as error:
            self._retire(process)
            process.kill()
            raise TimedOut(f"ran longer than functionTimeout ({seconds:g} s); its worker was ended") from error
        except WorkerDied as error:
            if self._stopping:
                raise HostStopping("the host stopped before the function ended") from error
            raise

    async def stop(self) -> None:
        """End the process; calls that still run raise ``HostStopping``."""
        self._stopping = True
        if self._current.done() and not self._current.exception():
            self._current.result().kill()
        elif self._supervision:
            self._supervision.cancel()
        if self._supervision:
            with contextlib.suppress(asyncio.CancelledError, HostRefused):
                await self._supervision

    def _retire(self, process: WorkerProcess) -> None:
        """Let new calls wait for the next process."""
        if self._current.done() and self._current.result() is process:
            self._current = _promise()

    async def _supervise(self, process: WorkerProcess) -> None:
        while True:
            await process.deliver_answers()
            self._retire(process)
            status = await process.bury()
            if self._stopping:
                self._give_up(HostStopping("the host stops"))
                return
            _log.warning("the worker process ended with status %d: starting another", status)
            try:
                process = await self._replace()
            except HostRefused as error:
                self._give_up(error)
                raise
            except asyncio.CancelledError:
                self._give_up(HostStopping("the host stops"))
                raise
            self._current.set_result(process)

    def _give_up(self, reason: Exception) -> None:
        self._current.set_exception(reason)
        self._current.exception()  # nobody may be waiting: the reason counts as seen

    async def _replace(self) -> WorkerProcess:
        failed = 0
        while True:
            try:
                return await start_worker_process(self._app)
            except (HostRefused, IndexingFailed) as error:
                failed += 1
                _log.error("start %d of %d of a new worker failed: %s", failed, _FAILED_STARTS_TO_GIVE_UP, error)
                if failed == _FAILED_STARTS_TO_GIVE_UP:
                    raise HostRefused("the worker cannot be started any more: correct the app, start again") from error
                await asyncio.sleep(_RESTART_SECONDS)


def _promise() -> asyncio.Future[WorkerProcess]:
    return asyncio.get_running_loop().create_future()
