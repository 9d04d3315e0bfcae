"""Storage queues: the listener of a queue trigger, and the queues that functions send to."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from azure.core.exceptions import AzureError
from azure.storage.queue import QueueMessage

from local.host.backoff import Backoff
from local.host.errors import HostStopping, InvocationFailed, OutputFailed
from local.host.functions import Function, Queue
from local.host.invoker import Invoker
from local.host.queue_lease import Lease, send
from local.host.queue_messages import UnreadableMessage, body_of, metadata_of, texts_of
from local.host.settings import QueueSettings
from local.host.storage import Storage
from local.host.timespans import seconds_of_timespan
from local.host.wire import Value

_log = logging.getLogger("local.host.queues")

_POISON = "-poison"
_MAX_QUEUE_NAME = 63
_FIRST_POLL_SECONDS = 0.05


class QueueListener:
    """Fetches messages for one function and runs it, until stopped."""

    def __init__(
        self,
        *,
        function: Function,
        queue: Queue,
        storage: Storage,
        settings: QueueSettings,
        invoker: Invoker,
        lease_seconds: int,
    ) -> None:
        self._function = function
        self._queue = storage.queue(queue)
        name = queue.name + _POISON
        has_poison_queue = not queue.name.endswith(_POISON) and len(name) <= _MAX_QUEUE_NAME
        self._poison = storage.queue(Queue(name, queue.connection)) if has_poison_queue else None
        self._settings = settings
        self._invoker = invoker
        self._lease_seconds = lease_seconds
        self._retry_seconds = seconds_of_timespan(settings.visibility_timeout)
        self._backoff = Backoff(_FIRST_POLL_SECONDS, seconds_of_timespan(settings.max_polling_interval))
        self._running: set[asyncio.Task[None]] = set()

    def wake(self) -> None:
        """Look for messages soon: there may be new ones."""
        self._backoff.reset()

    async def listen(self) -> None:
        """Fetch and run until cancelled; messages under way go on, see ``wait_until_idle``."""
        while True:
            fetching = asyncio.create_task(self._fetch())
            try:
                messages = await asyncio.shield(fetching)
            except asyncio.CancelledError:
                self._start(self._give_back(fetching))
                raise
            for message in messages:
                self._start(self._handle(message))
            if not messages:
                await self._backoff.wait()
                continue
            self._backoff.reset()
            while len(self._running) > self._settings.threshold:
                await asyncio.wait(self._running, return_when=asyncio.FIRST_COMPLETED)

    async def wait_until_idle(self) -> None:
        """Wait for the messages under way, until each is deleted or given back."""
        if self._running:
            await asyncio.wait(self._running)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _give_back(self, fetching: asyncio.Task[list[QueueMessage]]) -> None:
        """Release what a fetch brings that was under way when the host was stopped."""
        for message in await fetching:
            await Lease(self._queue, message, self._lease_seconds).release(0)

    async def _fetch(self) -> list[QueueMessage]:
        request = self._queue.receive_messages(
            messages_per_page=self._settings.batch_size, visibility_timeout=self._lease_seconds
        )
        try:
            async for page in request.by_page():
                return [message async for message in page]
        except AzureError as error:
            self._report(error)
        return []

    def _report(self, error: AzureError) -> None:
        # The trigger's queue is not created by the host; until somebody does, there is nothing to say.
        missing = getattr(error, "error_code", None) == "QueueNotFound"
        level = logging.DEBUG if missing else logging.WARNING
        _log.log(level, "%s: queue %s cannot be read: %s", self._function.name, self._queue.queue_name, error.message)

    async def _handle(self, message: QueueMessage) -> None:
        text = str(message.content)
        async with Lease(self._queue, message, self._lease_seconds) as lease:
            try:
                body = body_of(text, self._settings.is_base64)
            except UnreadableMessage as error:
                _log.error("%s: message %s cannot be read: %s", self._function.name, message.id, error)
                await self._give_up(lease, message, text)
                return
            if (message.dequeue_count or 0) > self._settings.max_dequeue_count and self._poison:
                await self._give_up(lease, message, text)
                return
            await self._run(lease, message, body, text)

    async def _run(self, lease: Lease, message: QueueMessage, body: Value, text: str) -> None:
        try:
            await self._invoker.run(self._function, body, metadata_of(message, body))
        except HostStopping:
            await lease.release(0)
        except InvocationFailed:
            if (message.dequeue_count or 0) >= self._settings.max_dequeue_count:
                await self._give_up(lease, message, text)
            else:
                await lease.release(self._retry_seconds)
                self.wake()
        else:
            await lease.delete()

    async def _give_up(self, lease: Lease, message: QueueMessage, text: str) -> None:
        if self._poison is None:
            _log.error("%s: message %s failed and has no poison queue", self._function.name, message.id)
            return
        _log.error(
            "%s: message %s was tried %d times and goes to %s",
            *(self._function.name, message.id, message.dequeue_count, self._poison.queue_name),
        )
        await lease.move(self._poison, text)
        self._invoker.announce_work()


class QueueOutputs:
    """Writes what functions send through queue output bindings."""

    def __init__(self, storage: Storage, is_base64: bool) -> None:
        self._storage = storage
        self._is_base64 = is_base64

    async def write(self, function: Function, outputs: dict[str, Value]) -> None:
        """Send all messages of one invocation; raises ``OutputFailed``."""
        for name, value in outputs.items():
            queue = function.outputs[name]
            try:
                for text in texts_of(value, self._is_base64):
                    await send(self._storage.queue(queue), text)
            except AzureError as error:
                raise OutputFailed(f"output {name} could not be sent to queue {queue.name}: {error.message}") from error
