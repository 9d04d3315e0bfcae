"""The seam to Azure Resource Manager: what discovery asks of a subscription."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

import msgspec

from shared.domain.registry_resources import RegistryResource


class ManagementFailure(Exception):
    """Azure Resource Manager refused or did not answer; ``message`` says what to do, and has nothing that varies."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class ListedRegistry(msgspec.Struct, frozen=True):
    """A container registry of the subscription, with its resource tags."""

    resource: RegistryResource
    location: str
    tags: Mapping[str, str]

    @property
    def login_server(self) -> str:
        """The exact host that images are pulled from."""
        return self.resource.login_server


class Subscription(Protocol):
    """What discovery does in a subscription. Every method raises ManagementFailure."""

    def registries(self) -> Iterable[ListedRegistry]:
        """Return all registries; a listing that is not whole is a failure."""
        ...

    def has(self, resource: RegistryResource) -> bool:
        """Ask for one registry; False only where Azure itself says that there is none."""
        ...

    def deliver_events(self, registry: ListedRegistry) -> None:
        """Have pushes and deletions put into our queue; what is there already stays as it is."""
        ...

    def log_pulls(self, registry: ListedRegistry) -> None:
        """Have pulls logged into our storage account; what is there already stays as it is."""
        ...
