"""Pulls in the registry's diagnostic log: JSON lines of category ``ContainerRegistryRepositoryEvents``.

Source: learn.microsoft.com, "Container Registry monitoring data reference". Numbers are strings, ``<nil>`` stands for
an absent value, failed pulls are logged too, and ``tag`` may hold a digest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from shared.domain.references import (
    InvalidReference,
    is_digest,
    parse_digest,
    parse_registry,
    parse_repository,
    parse_tag,
)
from shared.domain.registry_activity import RegistryPull
from shared.registry.interface import USER_AGENT

_ABSENT = "<nil>"
_OWN_AGENT = USER_AGENT.partition("/")[0] + "/"


class InvalidRecord(ValueError):
    """A log line that is not a record of the documented shape."""


def parse(line: bytes) -> RegistryPull | None:
    """Read one line: a pull by somebody else, or None for anything else that was logged; raise InvalidRecord."""
    try:
        record = msgspec.json.decode(line, type=dict[str, Any])
        properties = record.get("properties")
        if str(record.get("operationName")).lower() != "pull" or not isinstance(properties, Mapping):
            return None
        if not _succeeded(record) or _own(properties):
            return None
        return _pull(line, record, properties)
    except (msgspec.MsgspecError, InvalidReference, RecursionError, UnicodeDecodeError, OverflowError) as error:
        raise InvalidRecord(str(error)) from error


def _pull(line: bytes, record: Mapping[str, Any], properties: Mapping[str, Any]) -> RegistryPull:
    named = _value(properties, "tag")
    digest = _value(properties, "digest") or (named if is_digest(named) else "")
    at = msgspec.convert(record.get("time"), datetime)
    return RegistryPull(
        # A client may choose the correlation id; the hash keeps two pulls apart that it gave the same.
        event_id=f"{_value(record, 'correlationId')[:100]}-{hashlib.sha256(line).hexdigest()[:16]}",
        registry=parse_registry(_value(properties, "loginServer")),
        repository=parse_repository(_value(properties, "repository")),
        digest=parse_digest(digest),
        tag=parse_tag(named) if named and not is_digest(named) else None,
        media_type=_value(properties, "mediaType")[:255],
        at=at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC),
        actor=_value(record, "identity")[:255] or "registry",
    )


def _succeeded(record: Mapping[str, Any]) -> bool:
    return str(record.get("resultDescription")) in ("200", "201", "202")


def _own(properties: Mapping[str, Any]) -> bool:
    return _value(properties, "userAgent").startswith(_OWN_AGENT)


def _value(mapping: Mapping[str, Any], name: str) -> str:
    value = mapping.get(name)
    return value if isinstance(value, str) and value != _ABSENT else ""
