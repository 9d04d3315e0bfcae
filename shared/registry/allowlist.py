"""The registries that may be contacted. Nothing else ever is: an image name cannot choose where tokens go."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from shared.domain.clouds import cloud_of
from shared.domain.failures import FailureReason, ScanFailure
from shared.domain.references import InvalidReference, parse_registry


class InvalidRegistryEntry(ValueError):
    """An entry of the setting REGISTRIES that names no registry."""


class Endpoint(NamedTuple):
    """An allowed registry: login server, scheme, and whether it takes Microsoft Entra tokens."""

    host: str
    scheme: str
    azure: bool

    @property
    def url(self) -> str:
        """Give the base address, without a slash at the end."""
        return f"{self.scheme}://{self.host}"


class Allowlist:
    """Login servers by exact name: no suffixes, no patterns, no other port."""

    def __init__(self, endpoints: Iterable[Endpoint], more: Callable[[str], Endpoint | None] = lambda _: None) -> None:
        """Take the endpoints of the settings; ``more`` finds those that were discovered, by exact login server."""
        self._endpoints = {endpoint.host: endpoint for endpoint in endpoints}
        self._more = more

    @classmethod
    def of(cls, entries: Iterable[str]) -> "Allowlist":
        """Build the list from entries like ``contoso.azurecr.io`` or, without TLS, ``http://127.0.0.1:5055``.

        Raises InvalidRegistryEntry.
        """
        return cls([parse_entry(entry) for entry in entries if entry.strip()])

    def endpoint(self, registry: str) -> Endpoint:
        """Return an allowed registry; anything else raises ScanFailure with reason ``registry-not-allowed``."""
        endpoint = self._endpoints.get(registry) or self._more(registry)
        if endpoint is None:
            raise ScanFailure(
                FailureReason.REGISTRY_NOT_ALLOWED,
                f"registry {ascii(registry)[:80]} is not allowed: add its login server to REGISTRIES to scan it",
            )
        return endpoint


def parse_entry(entry: str) -> Endpoint:
    """Parse one entry of the setting REGISTRIES, or raise InvalidRegistryEntry."""
    scheme, separator, rest = entry.strip().lower().rpartition("://")
    if separator and scheme not in ("http", "https"):
        raise InvalidRegistryEntry(f"REGISTRIES: {entry!r} must be a login server, or begin with http:// or https://")
    try:
        host = parse_registry(rest.removesuffix("/"))
    except InvalidReference as error:
        raise InvalidRegistryEntry(f"REGISTRIES: {entry!r} names no login server such as contoso.azurecr.io") from error
    scheme = scheme or "https"
    # A Microsoft Entra token is never sent in the clear, nor to a registry that is not Azure's.
    return Endpoint(host, scheme, azure=scheme == "https" and cloud_of(host) is not None)
