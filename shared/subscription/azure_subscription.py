"""A subscription over Azure Resource Manager: registries, system topics, event subscriptions, diagnostic settings.

Everything is looked for before it is made, and compared before it is written. Names of our own begin with ``plimsoll``;
nothing else is ever changed or taken away.
Source: learn.microsoft.com, "System topics in Azure Event Grid" (one topic a source), "Diagnostic settings in Azure
Monitor", and the REST reference of each resource at the version named below.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, Final

import msgspec

from shared.domain.registry_resources import InvalidResourceId, RegistryResource, parse_resource_id
from shared.registry.allowlist import InvalidRegistryEntry, parse_entry
from shared.subscription.client import Json, ManagementClient
from shared.subscription.interface import ListedRegistry, ManagementFailure

REGISTRIES_VERSION: Final = "2025-11-01"
EVENT_GRID_VERSION: Final = "2025-02-15"
DIAGNOSTICS_VERSION: Final = "2021-05-01-preview"
EVENT_TYPES: Final = ("Microsoft.ContainerRegistry.ImagePushed", "Microsoft.ContainerRegistry.ImageDeleted")
LOG_CATEGORY: Final = "ContainerRegistryRepositoryEvents"
NAME: Final = "plimsoll"
_TOPIC_TYPE = "Microsoft.ContainerRegistry.Registries"


class EventTargets(msgspec.Struct, frozen=True):
    """Where events and logs go: ids of the storage account and of the identity that delivers, queue and container."""

    storage_account: str
    identity: str
    queue: str
    dead_letters: str


class AzureSubscription:
    """One look at a subscription: topics are listed once, so make a new one for the next look. Is a Subscription."""

    def __init__(self, client: ManagementClient, subscription_id: str, suffix: str, targets: EventTargets) -> None:
        self._client = client
        self._root = f"/subscriptions/{subscription_id}/providers"
        self._suffix = suffix
        self._targets = targets

    def registries(self) -> Sequence[ListedRegistry]:
        """Return all registries, each with a login server of this cloud. Raises ManagementFailure."""
        path = f"{self._root}/Microsoft.ContainerRegistry/registries"
        return [self._registry(item) for item in self._client.list(path, REGISTRIES_VERSION)]

    def has(self, resource: RegistryResource) -> bool:
        """Say whether a registry is there. Raises ManagementFailure."""
        return self._client.get(resource.id, REGISTRIES_VERSION) is not None

    def deliver_events(self, registry: ListedRegistry) -> None:
        """Add our subscription to the topic of a registry, which is made if it has none. Raises ManagementFailure."""
        if not self._targets.storage_account or not self._targets.identity:
            raise ManagementFailure("events are not delivered: set EVENT_STORAGE_ID and EVENT_IDENTITY_ID")
        topic = self._topics.get(registry.resource.id.casefold()) or self._make_topic(registry)
        if not _has_identity(topic, self._targets.identity):
            raise ManagementFailure(
                f"the system topic {topic.get('name')} of this registry is not ours and lacks the identity that "
                "delivers events: assign the identity of EVENT_IDENTITY_ID to it"
            )
        path = f"{topic['id']}/eventSubscriptions/{NAME}"
        wanted = self._event_subscription()
        found = self._client.get(path, EVENT_GRID_VERSION)
        if found is None or not (covers(found, wanted) or _reaches_function(found)):
            self._client.put(path, EVENT_GRID_VERSION, wanted)

    def log_pulls(self, registry: ListedRegistry) -> None:
        """Add our diagnostic setting to a registry, unless another one does the same. Raises ManagementFailure."""
        if not self._targets.storage_account:
            raise ManagementFailure("pulls are not logged: set EVENT_STORAGE_ID")
        path = f"{registry.resource.id}/providers/Microsoft.Insights/diagnosticSettings"
        if any(self._logs_pulls(item) for item in self._client.list(path, DIAGNOSTICS_VERSION)):
            return  # the same category may go to the same account once only
        logs = [{"category": LOG_CATEGORY, "enabled": True}]
        wanted = {"properties": {"storageAccountId": self._targets.storage_account, "logs": logs}}
        self._client.put(f"{path}/{NAME}", DIAGNOSTICS_VERSION, wanted)

    @cached_property
    def _topics(self) -> Mapping[str, Json]:
        found = self._client.list(f"{self._root}/Microsoft.EventGrid/systemTopics", EVENT_GRID_VERSION)
        return {str(_properties(topic).get("source", "")).casefold(): topic for topic in found}

    def _registry(self, item: Json) -> ListedRegistry:
        server = _properties(item).get("loginServer")
        try:
            endpoint = parse_entry(server if isinstance(server, str) else "")
            resource = parse_resource_id(endpoint.host, str(item.get("id")))
        except (InvalidRegistryEntry, InvalidResourceId) as error:
            raise ManagementFailure(f"the list of registries cannot be used: {error}") from error
        if not endpoint.azure or not endpoint.host.endswith(f".{self._suffix}"):
            raise ManagementFailure(f"the list of registries names the login server {endpoint.host}, not of this cloud")
        tags = item.get("tags") or {}
        return ListedRegistry(resource, str(item.get("location", "")), {str(k): str(v) for k, v in tags.items()})

    def _make_topic(self, registry: ListedRegistry) -> Json:
        resource = registry.resource
        group = f"/subscriptions/{resource.subscription_id}/resourceGroups/{resource.resource_group}"
        body = {
            "location": registry.location,
            "identity": {"type": "UserAssigned", "userAssignedIdentities": {self._targets.identity: {}}},
            "properties": {"source": resource.id, "topicType": _TOPIC_TYPE},
        }
        path = f"{group}/providers/Microsoft.EventGrid/systemTopics/{NAME}-{resource.name}"
        made = self._client.put(path, EVENT_GRID_VERSION, body)
        if _properties(made).get("provisioningState") not in (None, "Succeeded"):
            raise ManagementFailure("the system topic of this registry is being made: the next discovery goes on")
        return {"id": path, "name": f"{NAME}-{resource.name}", **made}

    def _event_subscription(self) -> Json:
        storage = self._targets.storage_account
        identity = {"type": "UserAssigned", "userAssignedIdentity": self._targets.identity}
        queue = {"resourceId": storage, "queueName": self._targets.queue}
        container = {"resourceId": storage, "blobContainerName": self._targets.dead_letters}
        return {
            "properties": {
                "deliveryWithResourceIdentity": {
                    "identity": identity,
                    "destination": {"endpointType": "StorageQueue", "properties": queue},
                },
                "deadLetterWithResourceIdentity": {
                    "identity": identity,
                    "deadLetterDestination": {"endpointType": "StorageBlob", "properties": container},
                },
                "eventDeliverySchema": "CloudEventSchemaV1_0",
                "filter": {"includedEventTypes": list(EVENT_TYPES)},
                "retryPolicy": {"maxDeliveryAttempts": 30, "eventTimeToLiveInMinutes": 1440},
            }
        }

    def _logs_pulls(self, setting: Json) -> bool:
        properties = _properties(setting)
        ours = _same(properties.get("storageAccountId"), self._targets.storage_account)
        logs = properties.get("logs") or []
        return ours and any(_takes_pulls(log) for log in logs if isinstance(log, dict))


def covers(found: Any, wanted: Any) -> bool:
    """Say whether a resource has all that is wanted; Azure adds fields, orders lists anew, and changes case."""
    if isinstance(wanted, dict):
        return isinstance(found, dict) and all(covers(found.get(name), value) for name, value in wanted.items())
    if isinstance(wanted, list):
        return isinstance(found, list) and sorted(map(str, found)) == sorted(map(str, wanted))
    return _same(found, wanted) if isinstance(wanted, str) else found == wanted


def _same(one: object, other: str) -> bool:
    return isinstance(one, str) and one.rstrip("/").casefold() == other.rstrip("/").casefold()


def _properties(item: Json) -> Json:
    found = item.get("properties")
    return found if isinstance(found, dict) else {}


def _has_identity(topic: Json, identity: str) -> bool:
    assigned = topic.get("identity")
    given = assigned.get("userAssignedIdentities") if isinstance(assigned, dict) else None
    return isinstance(given, dict) and any(_same(one, identity) for one in given)


def _reaches_function(subscription: Json) -> bool:
    """Say whether the templates had events delivered to the function itself, which is their other choice."""
    destination = _properties(subscription).get("destination")
    return isinstance(destination, dict) and destination.get("endpointType") == "AzureFunction"


def _takes_pulls(log: Json) -> bool:
    return log.get("enabled") is True and (log.get("category") == LOG_CATEGORY or log.get("categoryGroup") == "allLogs")
