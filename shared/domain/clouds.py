"""The Azure clouds: where each signs in, is managed, and serves registries and storage.

Source: learn.microsoft.com, "Azure Government: endpoint mapping" and "Azure operated by 21Vianet: developer guide";
the values equal those of ``azure-mgmt-core`` (``get_arm_endpoints``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Final

import msgspec


class Cloud(StrEnum):
    """The Azure clouds, by the values of the setting AZURE_CLOUD."""

    PUBLIC = "AzurePublic"
    US_GOVERNMENT = "AzureUSGovernment"
    CHINA = "AzureChina"


class CloudEndpoints(msgspec.Struct, frozen=True):
    """The addresses of one cloud.

    ``authority`` is the host of sign-ins; ``management`` the host of Azure Resource Manager, and ``management_scope``
    what a token for it is asked for; the suffixes follow the names of registries and of storage services.
    """

    authority: str
    management: str
    management_scope: str
    login_server_suffix: str
    storage_suffix: str


CLOUDS: Final[Mapping[Cloud, CloudEndpoints]] = {
    Cloud.PUBLIC: CloudEndpoints(
        authority="login.microsoftonline.com",
        management="management.azure.com",
        management_scope="https://management.azure.com/.default",
        login_server_suffix="azurecr.io",
        storage_suffix="core.windows.net",
    ),
    Cloud.US_GOVERNMENT: CloudEndpoints(
        authority="login.microsoftonline.us",
        management="management.usgovcloudapi.net",
        management_scope="https://management.core.usgovcloudapi.net/.default",
        login_server_suffix="azurecr.us",
        storage_suffix="core.usgovcloudapi.net",
    ),
    Cloud.CHINA: CloudEndpoints(
        authority="login.chinacloudapi.cn",
        management="management.chinacloudapi.cn",
        management_scope="https://management.chinacloudapi.cn/.default",
        login_server_suffix="azurecr.cn",
        storage_suffix="core.chinacloudapi.cn",
    ),
}
"""The addresses of every cloud."""

LOGIN_SERVER_SUFFIXES: Final = frozenset(endpoints.login_server_suffix for endpoints in CLOUDS.values())
"""What the login servers of Azure's registries end in."""

REGISTRY_SCOPE: Final = "https://containerregistry.azure.net/.default"
"""What a Microsoft Entra token for a registry is asked for, in every cloud."""

# Names that only Azure can issue: "<name>[-<hash>].<suffix>", one label deep.
_LABEL = re.compile(r"([a-z0-9]{5,50})(-[a-z0-9]{1,32})?", re.ASCII)


def cloud_of(login_server: str) -> Cloud | None:
    """Return the cloud whose registries have such a login server, or None where it is not one of Azure's."""
    label, _, suffix = login_server.partition(".")
    found = (cloud for cloud, its in CLOUDS.items() if its.login_server_suffix == suffix)
    return next(found, None) if _LABEL.fullmatch(label) else None
