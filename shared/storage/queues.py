"""A storage queue as the product uses it: JSON messages that the Functions host decodes."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

import msgspec

from shared.domain.messages import unencoded
from shared.storage.account import StorageAccount

if TYPE_CHECKING:
    from azure.storage.queue import QueueClient

_NEVER = -1  # without it a message is dropped after seven days, which a long outage may take


@dataclass(frozen=True)
class Waiting:
    """A message that waits, and since when."""

    text: bytes
    since: datetime


@dataclass(frozen=True)
class MessageQueue:
    """One queue; it is created at its first use."""

    MOST_PEEKED: ClassVar = 32  # of the service: "Peek Messages"

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

    def peek(self) -> list[Waiting]:
        """Return up to MOST_PEEKED of the messages that could be received now, and leave them there."""
        found = self._client.peek_messages(max_messages=self.MOST_PEEKED)
        return [
            Waiting(unencoded(one.content.encode()), one.inserted_on) for one in found if one.inserted_on is not None
        ]

    def depth(self) -> int:
        """Return about how many messages wait, hidden ones included."""
        return int(self._client.get_queue_properties().approximate_message_count or 0)
