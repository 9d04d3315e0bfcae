"""Notifications of docker-registry, told as Azure Container Registry would tell them to Event Grid.

Azure sends an event for a pushed image or index and one for a deleted manifest, none for blobs, pulls and removed tags.
Shapes: https://learn.microsoft.com/azure/event-grid/event-schema-container-registry
"""

import msgspec

from local.notifications import Notification
from local.registry_resource import RegistryResource


class EventTarget(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """What an event is about; sizes in bytes. A deletion gives repository and digest only."""

    repository: str
    digest: str
    media_type: str = ""
    size: int = 0
    length: int = 0
    tag: str = ""


class EventRequest(msgspec.Struct, frozen=True):
    """The request that caused an event; ``host`` is the login server."""

    id: str
    host: str
    method: str
    useragent: str


class EventBody(msgspec.Struct, frozen=True):
    """The ``data`` of a registry event."""

    id: str
    timestamp: str
    action: str
    target: EventTarget
    request: EventRequest


class RegistryEvent(msgspec.Struct, frozen=True, rename="camel"):
    """An event in the Event Grid schema."""

    id: str
    topic: str
    subject: str
    event_type: str
    event_time: str
    data: EventBody
    data_version: str = "1.0"
    metadata_version: str = "1"


def to_registry_event(notification: Notification, registry: RegistryResource) -> RegistryEvent | None:
    """Translate a notification; None for one that Azure tells Event Grid nothing about."""
    target = notification.target
    if notification.action == "push" and target.is_manifest:
        pushed = EventTarget(
            repository=target.repository,
            digest=target.digest,
            media_type=target.media_type,
            size=target.size,
            length=target.length,
            tag=target.tag,
        )
        return _event("ImagePushed", notification, pushed, registry)
    # docker-registry also tells of each tag that pointed at a deleted manifest: those name no digest.
    if notification.action == "delete" and target.digest and not target.tag:
        return _event("ImageDeleted", notification, EventTarget(target.repository, target.digest), registry)
    return None


def _event(kind: str, notification: Notification, target: EventTarget, registry: RegistryResource) -> RegistryEvent:
    request = notification.request
    return RegistryEvent(
        id=notification.id,
        topic=registry.resource_id,
        subject=f"{target.repository}:{target.tag}" if target.tag else target.repository,
        event_type=f"Microsoft.ContainerRegistry.{kind}",
        event_time=notification.timestamp,
        data=EventBody(
            id=notification.id,
            timestamp=notification.timestamp,
            action=notification.action,
            target=target,
            request=EventRequest(request.id, registry.login_server, request.method, request.useragent),
        ),
    )
