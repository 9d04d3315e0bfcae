"""The lease on one queue message: renewed while its function runs, ended in one of three ways."""

import asyncio
import logging

from azure.core.exceptions import AzureError, ResourceExistsError, ResourceNotFoundError
from azure.storage.queue import QueueMessage
from azure.storage.queue.aio import QueueClient

_log = logging.getLogger("local.host.queues")


class Lease:
    """Keeps a message invisible to others; an async context manager around the work on it."""

    def __init__(self, queue: QueueClient, message: QueueMessage, seconds: int) -> None:
        self._queue = queue
        self._id = message.id
        self._receipt = message.pop_receipt
        self._seconds = seconds
        self._done = asyncio.Event()
        self._renewal: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "Lease":
        self._renewal = asyncio.create_task(self._renew())
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stop_renewing()

    async def _renew(self) -> None:
        while not self._done.is_set():
            try:
                await asyncio.wait_for(self._done.wait(), self._seconds / 2)
            except TimeoutError:
                await self._show_after(self._seconds)

    async def _stop_renewing(self) -> None:
        # Never cancelled: a renewal under way changes the receipt, which is needed to delete the message.
        self._done.set()
        if self._renewal:
            await self._renewal

    async def _show_after(self, seconds: float) -> None:
        try:
            updated = await self._queue.update_message(self._id, self._receipt, visibility_timeout=int(seconds))
            self._receipt = updated.pop_receipt
        except AzureError as error:
            _log.warning("%s: the lease on message %s was lost: %s", self._queue.queue_name, self._id, error.message)

    async def delete(self) -> None:
        """Take the message out of the queue: its work is done."""
        await self._stop_renewing()
        try:
            await self._queue.delete_message(self._id, self._receipt)
        except AzureError as error:
            _log.warning(
                "%s: message %s is done but could not be deleted, it will come again: %s",
                *(self._queue.queue_name, self._id, error.message),
            )

    async def release(self, seconds: float) -> None:
        """Show the message to everybody again after ``seconds``."""
        await self._stop_renewing()
        await self._show_after(seconds)

    async def move(self, poison: QueueClient, text: str) -> None:
        """Put the message aside for people to look at; it stays where it is if that fails."""
        try:
            await send(poison, text)
        except AzureError as error:
            _log.error("%s: message %s could not be moved: %s", poison.queue_name, self._id, error.message)
            return
        await self.delete()


async def send(queue: QueueClient, text: str) -> None:
    """Send a message, to a queue that is created if need be."""
    try:
        await queue.send_message(text)
    except ResourceNotFoundError:
        try:
            await queue.create_queue()
        except ResourceExistsError:
            _log.debug("%s was created by somebody else", queue.queue_name)
        await queue.send_message(text)
