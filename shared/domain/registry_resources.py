"""Registries as Azure resources: what their ids are made of, and the one that stands in where none is known.

Ids are compared without regard to case (https://learn.microsoft.com/azure/azure-resource-manager/management/overview).
"""

from __future__ import annotations

import re
from typing import NamedTuple

from shared.domain.clouds import LOGIN_SERVER_SUFFIXES

# The characters that a resource group may have are those of Microsoft.Resources; names of registries are alphanumeric,
# but a stand-in is made of a login server.
_ID = re.compile(
    r"/subscriptions/(?P<subscription>[0-9A-Za-z-]{1,64})/resourceGroups/(?P<group>[\w.()-]{1,90})"
    r"/providers/Microsoft\.ContainerRegistry/registries/(?P<name>[0-9A-Za-z-]{1,260})",
    re.IGNORECASE,
)
_UNKNOWN_GROUP = "unknown"


class InvalidResourceId(ValueError):
    """A text that is not the resource id of a container registry."""


class RegistryResource(NamedTuple):
    """A registry as an Azure resource, and the login server that it answers at."""

    login_server: str
    subscription_id: str
    resource_group: str
    name: str

    @property
    def id(self) -> str:
        """The resource id, with the case of fixed parts that Azure gives them."""
        provider = "providers/Microsoft.ContainerRegistry/registries"
        return f"/subscriptions/{self.subscription_id}/resourceGroups/{self.resource_group}/{provider}/{self.name}"


def parse_resource_id(login_server: str, resource_id: str) -> RegistryResource:
    """Read the resource id of a registry, or raise InvalidResourceId."""
    found = _ID.fullmatch(resource_id.rstrip("/"))
    if found is None:
        raise InvalidResourceId(
            f"{ascii(resource_id)[:200]} is not the resource id of a registry: it must be /subscriptions/<id>"
            "/resourceGroups/<group>/providers/Microsoft.ContainerRegistry/registries/<name>"
        )
    return RegistryResource(login_server, found["subscription"], found["group"], found["name"])


def stand_in(login_server: str, subscription_id: str) -> RegistryResource:
    """Give the resource that stands for a registry whose id is not known: one of the resource group ``unknown``.

    Its name is the registry's own for one of Azure, else the login server; so that no two registries share one.
    """
    name, _, suffix = login_server.partition(".")
    if suffix not in LOGIN_SERVER_SUFFIXES:
        name = re.sub(r"[^0-9a-z]", "-", login_server)
    return RegistryResource(login_server, subscription_id, _UNKNOWN_GROUP, name)
