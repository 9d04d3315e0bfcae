"""The registries that are watched: what an event claims is checked against them before anything is contacted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from shared.domain.registry_resources import RegistryResource, stand_in
from shared.registry.allowlist import Endpoint, parse_entry

_LOCAL_NAME = "local"


class RegistryRefused(Exception):
    """An event from a registry that is not watched, or one that contradicts itself."""


@dataclass(frozen=True)
class KnownRegistries:
    """The configured login servers, and the Azure resources that they are known to be."""

    endpoints: tuple[Endpoint, ...]
    resources: Mapping[str, RegistryResource] = field(default_factory=dict)

    @classmethod
    def of(cls, entries: Iterable[str], resources: Mapping[str, RegistryResource] | None = None) -> KnownRegistries:
        """Build from the settings REGISTRIES and REGISTRY_RESOURCE_IDS."""
        return cls(tuple(parse_entry(entry) for entry in entries), resources or {})

    @property
    def login_servers(self) -> tuple[str, ...]:
        """The login servers that are watched."""
        return tuple(endpoint.host for endpoint in self.endpoints)

    def resource(self, registry: str, subscription_id: str) -> RegistryResource:
        """Return the Azure resource of a login server, or one of a subscription that stands for it."""
        return self.resources.get(registry) or stand_in(registry, subscription_id)

    def allowed(self, registry: str) -> bool:
        """Say whether a login server is watched."""
        return any(endpoint.host == registry for endpoint in self.endpoints)

    def of_event(self, resource_id: str, claimed: str | None) -> str:
        """Return the login server that an event is from; raise RegistryRefused.

        The server is looked up by the name of the Azure resource; what the event says itself must agree with it.
        """
        name = resource_id.rstrip("/").rpartition("/")[2].lower()
        candidates = [endpoint.host for endpoint in self.endpoints if _is_named(endpoint, name)]
        if claimed is not None:
            candidates = [host for host in candidates if host == claimed]
        if len(candidates) == 1:
            return candidates[0]
        shown = ascii(claimed or name)[:120]
        raise RegistryRefused(f"registry {shown} is not watched: add its login server to REGISTRIES to have it scanned")


def _is_named(endpoint: Endpoint, name: str) -> bool:
    """Say whether a login server is that of a resource: ``name`` or ``name-<hash>``, then the cloud's suffix."""
    if endpoint.scheme == "http":
        return name == _LOCAL_NAME
    label = endpoint.host.partition(".")[0]
    return bool(name) and (label == name or label.startswith(name + "-"))
