"""Container registry events as Event Grid delivers them, turned into what they mean for an image.

Source: learn.microsoft.com, "Azure Container Registry as an Event Grid source"; the ``data`` object is the event of
CNCF distribution's notifications. Every field is hostile until it has passed its grammar.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import msgspec

from shared.domain.references import parse_digest, parse_registry, parse_repository, parse_tag

_PREFIX = "Microsoft.ContainerRegistry."
_MAX_ID = 200
_CHARTS = ("ChartPushed", "ChartDeleted")


class InvalidEvent(ValueError):
    """An event that is malformed; sending it again cannot help."""


class IgnoredEvent(Exception):
    """An event of a kind that says nothing about images."""


class EventKind(StrEnum):
    """The events that matter."""

    PUSHED = "ImagePushed"
    DELETED = "ImageDeleted"


@dataclass(frozen=True, slots=True)
class RegistryEvent:
    """A push or deletion of a manifest. ``registry`` is the login server that the event claims, not yet checked.

    ``resource_id`` is the registry's Azure resource, from the event's topic or source.
    """

    id: str
    kind: EventKind
    resource_id: str
    registry: str | None
    repository: str
    digest: str
    tag: str | None
    media_type: str
    at: datetime
    actor: str


def parse(
    event_id: object, event_type: object, resource_id: object, content: object, event_time: datetime | None
) -> RegistryEvent:
    """Read one event of either schema; raise InvalidEvent or IgnoredEvent."""
    if not isinstance(event_type, str) or not isinstance(resource_id, str):
        raise InvalidEvent("the event must have a type and a source")
    name = event_type.removeprefix(_PREFIX)
    if name not in (EventKind.PUSHED, EventKind.DELETED):
        if name in _CHARTS:
            raise IgnoredEvent(f"events of type {event_type!r} say nothing about images")
        raise InvalidEvent(
            f"events of type {ascii(event_type)[:80]} are unknown: subscribe to ImagePushed and ImageDeleted"
        )
    if not isinstance(event_id, str) or not 1 <= len(event_id) <= _MAX_ID or not event_id.isprintable():
        raise InvalidEvent(f"the event's id must be 1 to {_MAX_ID} printable characters")
    body = _mapping(content, "data")
    target = _mapping(body.get("target"), "data.target")
    request = _mapping(body.get("request") or {}, "data.request")
    actor = _mapping(body.get("actor") or {}, "data.actor").get("name")
    try:
        return RegistryEvent(
            id=event_id,
            kind=EventKind(name),
            resource_id=resource_id,
            registry=parse_registry(request["host"]) if request.get("host") else None,
            repository=parse_repository(target.get("repository")),
            digest=parse_digest(target.get("digest")),
            tag=parse_tag(target["tag"]) if target.get("tag") else None,
            media_type=_text(target.get("mediaType")),
            at=_time(body.get("timestamp"), event_time),
            actor=_text(actor) or "registry",
        )
    except (ValueError, OverflowError) as error:
        raise InvalidEvent(str(error)) from error


def _mapping(value: object, name: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise InvalidEvent(f"{name} must be an object, not {type(value).__name__}")
    return value


def _text(value: object) -> str:
    # JSON may hold half a surrogate pair, which no UTF-8 can.
    return value[:255].encode(errors="replace").decode() if isinstance(value, str) else ""


def _time(timestamp: object, fallback: datetime | None) -> datetime:
    if isinstance(timestamp, str):
        try:
            at = msgspec.convert(timestamp, datetime)
        except msgspec.ValidationError as error:
            raise InvalidEvent(f"data.timestamp is not a time: {timestamp[:40]!r}") from error
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    if fallback is None:
        raise InvalidEvent("the event has no time")
    return fallback.astimezone(UTC) if fallback.tzinfo else fallback.replace(tzinfo=UTC)
