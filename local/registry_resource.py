"""The names under which Azure would know the local registry."""

from typing import NamedTuple


class RegistryResource(NamedTuple):
    """The local registry as an Azure resource: its subscription (a GUID) and its login server (``host:port``)."""

    subscription_id: str
    login_server: str

    @property
    def resource_id(self) -> str:
        """The Azure resource ID, which is the topic of its events."""
        provider = "providers/Microsoft.ContainerRegistry/registries/local"
        return f"/subscriptions/{self.subscription_id}/resourceGroups/local/{provider}"
