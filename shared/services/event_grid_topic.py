"""An Event Grid topic that takes CloudEvents."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from shared.services.send_notices import TopicUnreachable

if TYPE_CHECKING:
    from azure.core.credentials import AzureKeyCredential, TokenCredential
    from azure.eventgrid import EventGridPublisherClient

_TIMEOUTS: dict[str, Any] = {"connection_timeout": 10, "read_timeout": 30, "retry_total": 2}


@dataclass(frozen=True)
class EventGridTopic:
    """A topic by its endpoint; ``credential`` makes a key or a token credential when the first notice is sent."""

    endpoint: str
    credential: Callable[[], AzureKeyCredential | TokenCredential]

    def send(self, events: Sequence[dict[str, Any]]) -> None:
        """Send CloudEvents in one request, or raise TopicUnreachable."""
        from azure.core.exceptions import AzureError
        from azure.core.messaging import CloudEvent

        try:
            self._client.send([CloudEvent.from_dict(event) for event in events])
        except (AzureError, ValueError) as error:
            raise TopicUnreachable(f"topic {self.endpoint} did not take the notices: {error}") from error

    @cached_property
    def _client(self) -> EventGridPublisherClient:
        from azure.eventgrid import EventGridPublisherClient

        return EventGridPublisherClient(self.endpoint, self.credential(), **_TIMEOUTS)
