"""Events to and from their stored form: type, schema, data and meta; old schemas are lifted step by step."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from shared.domain.events import EVENT_TYPES, TYPE_NAMES, DomainEvent, Meta, RecordedEvent
from shared.domain.stored_names import FINDING_DISABLED
from shared.eventlog.interface import UnknownEvent

type Upcaster = Callable[[dict[str, Any]], dict[str, Any]]

# The schema each type is written with today, and for every older one the pure step to the next.
# A rule of a newer schema may have criteria that a reader of an older one would leave out, and so hide more than it
# should.
CURRENT_SCHEMA: Mapping[str, int] = dict.fromkeys(EVENT_TYPES, 1) | {FINDING_DISABLED: 5}
UPCASTERS: Mapping[tuple[str, int], Upcaster] = {
    (FINDING_DISABLED, 1): lambda fields: fields,
    (FINDING_DISABLED, 2): lambda fields: fields,
    (FINDING_DISABLED, 3): lambda fields: fields,
    (FINDING_DISABLED, 4): lambda fields: fields,
}

_encoder = msgspec.json.Encoder()


def encode_event(event: DomainEvent) -> tuple[str, int, str]:
    """Give type, schema and data (JSON) of an event."""
    name = TYPE_NAMES[type(event)]
    return name, CURRENT_SCHEMA[name], _encoder.encode(event).decode()


def encode_meta(meta: Meta) -> str:
    """Give the JSON of an event's meta."""
    return _encoder.encode(meta).decode()


def decode_event(version: int, name: str, schema: int, content: str, meta: str) -> RecordedEvent:
    """Read a stored event, or raise UnknownEvent for a type or schema from a newer version of the product."""
    if name not in EVENT_TYPES or not 1 <= schema <= CURRENT_SCHEMA[name]:
        raise UnknownEvent(f"event {version} is of type {name!r}, schema {schema}: upgrade Plimsoll to read it")
    fields = msgspec.json.decode(content)
    for step in range(schema, CURRENT_SCHEMA[name]):
        fields = UPCASTERS[name, step](fields)
    return RecordedEvent(
        version=version,
        event=msgspec.convert(fields, EVENT_TYPES[name]),
        meta=msgspec.json.decode(meta, type=Meta),
    )


def event_hash(name: str, schema: int, content: str, meta: str) -> str:
    """Give the hash that the next event of the stream holds: over everything stored of this one."""
    return hashlib.sha256("\n".join((name, str(schema), content, meta)).encode()).hexdigest()
