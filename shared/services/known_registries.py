"""The registries that are watched: what an event claims is checked against them before anything is contacted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from shared.domain.events import RegistryEnabled, RegistrySource
from shared.domain.registry_resources import RegistryResource, parse_resource_id, stand_in
from shared.domain.watched_registry import WatchedRegistry
from shared.projections.registries import RegistryReader
from shared.registry.allowlist import Endpoint, parse_entry

_LOCAL_NAME = "local"


class RegistryRefused(Exception):
    """An event from a registry that is not watched, or one that contradicts itself."""


def _none() -> Mapping[str, RegistryResource]:
    return {}


@dataclass(frozen=True)
class KnownRegistries:
    """The configured login servers, the Azure resources that they are known to be, and what discovery found besides.

    ``discovered`` gives the registries of the subscription that are enabled now, by login server.
    """

    configured: tuple[Endpoint, ...]
    resources: Mapping[str, RegistryResource] = field(default_factory=dict)
    discovered: Callable[[], Mapping[str, RegistryResource]] = _none

    @classmethod
    def of(
        cls,
        entries: Iterable[str],
        resources: Mapping[str, RegistryResource] | None = None,
        discovered: Callable[[], Mapping[str, RegistryResource]] = _none,
    ) -> KnownRegistries:
        """Build from the settings REGISTRIES and REGISTRY_RESOURCE_IDS, and from what discovery finds."""
        return cls(tuple(parse_entry(entry) for entry in entries), resources or {}, discovered)

    @property
    def endpoints(self) -> tuple[Endpoint, ...]:
        """The registries that are watched."""
        named = {endpoint.host for endpoint in self.configured}
        return (*self.configured, *(parse_entry(host) for host in self.discovered() if host not in named))

    @property
    def login_servers(self) -> tuple[str, ...]:
        """The login servers that are watched."""
        return tuple(endpoint.host for endpoint in self.endpoints)

    def resource(self, registry: str, subscription_id: str) -> RegistryResource:
        """Return the Azure resource of a login server, or one of a subscription that stands for it."""
        known = self.resources.get(registry) or self.discovered().get(registry)
        return known or stand_in(registry, subscription_id)

    def allowed(self, registry: str) -> bool:
        """Say whether a login server is watched."""
        return self.endpoint(registry) is not None

    def endpoint(self, registry: str) -> Endpoint | None:
        """Return how a registry that is watched is reached, or None."""
        configured = next((endpoint for endpoint in self.configured if endpoint.host == registry), None)
        return configured or (parse_entry(registry) if registry in self.discovered() else None)

    def of_event(self, resource_id: str, claimed: str | None) -> str:
        """Return the login server that an event is from; raise RegistryRefused.

        The server is looked up by the whole id of the Azure resource where discovery knows it, else by its name; what
        the event says itself must agree with it.
        """
        name = resource_id.rstrip("/").rpartition("/")[2].lower()
        found = [host for host, known in self.discovered().items() if _same(known.id, resource_id)]
        candidates = found or [endpoint.host for endpoint in self.configured if _is_named(endpoint, name)]
        if claimed is not None:
            candidates = [host for host in candidates if host == claimed]
        if len(candidates) == 1:
            return candidates[0]
        shown = ascii(claimed or name)[:120]
        raise RegistryRefused(f"registry {shown} is not watched: add its login server to REGISTRIES to have it scanned")


def _same(one: str, other: str) -> bool:
    return one.rstrip("/").casefold() == other.rstrip("/").casefold()


def _is_named(endpoint: Endpoint, name: str) -> bool:
    """Say whether a login server is that of a resource: ``name`` or ``name-<hash>``, then the cloud's suffix."""
    if endpoint.scheme == "http":
        return name == _LOCAL_NAME
    label = endpoint.host.partition(".")[0]
    return bool(name) and (label == name or label.startswith(name + "-"))


@dataclass
class DiscoveredRegistries:
    """The registries that discovery wants watched, each with its resource; put together anew when the log is read."""

    reader: RegistryReader
    _made: tuple[Mapping[str, WatchedRegistry], Mapping[str, RegistryResource]] | None = None

    def __call__(self) -> Mapping[str, RegistryResource]:
        """Return them by login server."""
        known, made = self.reader(), self._made
        if made is None or made[0] is not known:
            made = self._made = known, _wanted(known)
        return made[1]


def _wanted(registries: Mapping[str, WatchedRegistry]) -> Mapping[str, RegistryResource]:
    return {
        host: parse_resource_id(host, state.resource_id)
        for host, state in registries.items()
        if isinstance(state.said.get(RegistrySource.DISCOVERY), RegistryEnabled)
    }
