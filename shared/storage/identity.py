"""The credential for storage: the function app's managed identity, or the developer's own login."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from shared.domain.clouds import CLOUDS, Cloud

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential


def credential(client_id: str, cloud: Cloud) -> TokenCredential:
    """Return a credential; ``client_id`` names a user-assigned identity."""
    if os.environ.get("IDENTITY_ENDPOINT"):
        from azure.identity import ManagedIdentityCredential

        return ManagedIdentityCredential(client_id=client_id or None)
    from azure.identity import DefaultAzureCredential

    return DefaultAzureCredential(authority=CLOUDS[cloud].authority)
