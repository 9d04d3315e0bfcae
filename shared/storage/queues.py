"""A storage queue as the product uses it: JSON messages that the Functions host decodes."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from shared.storage.account import StorageAccount

if TYPE_CHECKING:
    from azure.storage.queue import QueueClient

_NEVER = -1  # without it a message is dropped after seven days, which a long outage may take


@dataclass(frozen=True)
class MessageQueue:
    """One queue; it is created at its first use."""

    account: StorageAccount
    name: str

    @cached_property
    def _client(self) -> QueueClient:
        from azure.core.exceptions import ResourceExistsError
        from azure.storage.queue import TextBase64EncodePolicy

        client = self.account.queues.get_queue_client(self.name, message_encode_policy=TextBase64EncodePolicy())
        with contextlib.suppress(ResourceExistsError):
            client.create_queue()
        return client

    def put(self, message: msgspec.Struct, *, delay: int = 0) -> None:
        """Append a message; it becomes visible after ``delay`` seconds."""
        text = msgspec.json.encode(message).decode()
        self._client.send_message(text, visibility_timeout=delay, time_to_live=_NEVER)

    def depth(self) -> int:
        """Return about how many messages wait, hidden ones included."""
        return int(self._client.get_queue_properties().approximate_message_count or 0)
