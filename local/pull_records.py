"""Pulls from docker-registry, told as Azure's diagnostic log of a container registry would tell them.

The category is ContainerRegistryRepositoryEvents, in the form that diagnostic settings write to a storage account:
https://learn.microsoft.com/azure/container-registry/monitor-container-registry-reference
https://learn.microsoft.com/azure/azure-monitor/essentials/resource-logs#send-to-azure-storage
"""

import re
from datetime import UTC, datetime

import msgspec

from local.notifications import Notification
from local.registry_resource import RegistryResource

CONTAINER = "insights-logs-containerregistryrepositoryevents"

_ABSENT = "<nil>"
_FRACTION = re.compile(r"(?<=\.)[0-9]+")


class PullProperties(msgspec.Struct, frozen=True, rename="camel"):
    """The properties of a record; ``tag`` holds the digest of a pull by digest."""

    tag: str
    digest: str
    media_type: str
    repository: str
    tenant_id: str
    login_server: str
    user_agent: str
    artifact_type: str = "acr.docker"


class PullRecord(msgspec.Struct, frozen=True, rename="camel"):
    """One record of the log. Numbers are text, and what is absent is the text ``<nil>``, as in Azure."""

    time: str
    resource_id: str
    identity: str
    caller_ip_address: str
    correlation_id: str
    properties: PullProperties
    category: str = "ContainerRegistryRepositoryEvents"
    operation_name: str = "Pull"
    location: str = "local"
    result_type: str = "HttpStatusCode"
    result_description: str = "200"
    duration_ms: str = _ABSENT
    region_stamp: str = msgspec.field(default="local", name="RegionStamp")


def to_pull_record(notification: Notification, registry: RegistryResource) -> PullRecord | None:
    """Translate a notification; None for one that is not the pull of a manifest by GET."""
    target, request = notification.target, notification.request
    if notification.action != "pull" or request.method != "GET" or not target.is_manifest:
        return None
    return PullRecord(
        time=_to_ticks(notification.timestamp),
        resource_id=registry.resource_id.upper(),
        identity=notification.actor.name or _ABSENT,
        caller_ip_address=request.addr.rpartition(":")[0] or _ABSENT,
        correlation_id=request.id or _ABSENT,
        properties=PullProperties(
            tag=target.tag or target.digest,
            digest=target.digest or _ABSENT,
            media_type=target.media_type,
            repository=target.repository,
            tenant_id=_ABSENT,
            login_server=registry.login_server,
            user_agent=request.useragent or _ABSENT,
        ),
    )


def log_blob_name(registry: RegistryResource, written: datetime) -> str:
    """Return the name of the blob that holds the records written in an hour (UTC)."""
    hour = written.astimezone(UTC).strftime("y=%Y/m=%m/d=%d/h=%H/m=00")
    return f"resourceId={registry.resource_id.upper()}/{hour}/PT1H.json"


def _to_ticks(timestamp: str) -> str:
    # Azure writes a fraction of seven digits where docker-registry writes up to nine.
    return _FRACTION.sub(lambda fraction: fraction[0][:7].ljust(7, "0"), timestamp)
