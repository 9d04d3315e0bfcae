"""Events of registries as Event Grid writes them into a storage queue: one a message, in either schema."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from shared.services.receive_event import ReceivedEvent


class UnreadableMessage(ValueError):
    """A message that holds no event; delivering it again cannot help."""


def parse_events(body: bytes) -> list[ReceivedEvent]:
    """Read a message of one event, or of a list of them as webhooks get it; raise UnreadableMessage.

    Only the envelope is read. Sources: the CloudEvents 1.0 JSON format; learn.microsoft.com, "Event Grid event schema".
    """
    try:
        found = msgspec.json.decode(body, type=list[dict[str, Any]] | dict[str, Any])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise UnreadableMessage(f"the message is no event and no list of events: {error}") from error
    return [_received(event) for event in (found if isinstance(found, list) else [found])]


def _received(event: dict[str, Any]) -> ReceivedEvent:
    if "specversion" in event:
        kind, source, time = event.get("type"), event.get("source"), event.get("time")
    else:
        kind, source, time = event.get("eventType"), event.get("topic"), event.get("eventTime")
    return ReceivedEvent(event.get("id"), kind, source, event.get("data"), _time(time))


def _time(text: object) -> datetime | None:
    try:
        return msgspec.convert(text, datetime) if isinstance(text, str) else None
    except msgspec.ValidationError:
        return None  # as if it had none: what needs a time says so
