"""What a registry says has happened to its manifests, after every field was checked."""

from __future__ import annotations

from datetime import datetime

import msgspec


class RegistryPush(msgspec.Struct, frozen=True):
    """A push of a manifest to a repository that is on the allowlist."""

    event_id: str
    registry: str
    repository: str
    digest: str
    tag: str | None
    media_type: str
    at: datetime
    actor: str


class RegistryDeletion(msgspec.Struct, frozen=True):
    """A deletion of a manifest from a repository."""

    event_id: str
    registry: str
    repository: str
    digest: str
    at: datetime
    actor: str


class RegistryPull(msgspec.Struct, frozen=True):
    """A pull of a manifest by somebody else than us."""

    event_id: str
    registry: str
    repository: str
    digest: str
    tag: str | None
    media_type: str
    at: datetime
    actor: str
