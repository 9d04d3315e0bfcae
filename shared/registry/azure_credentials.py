"""Microsoft Entra tokens from azure-identity, which is imported when the first token is asked for (0.25 s of CPU)."""

import threading
from typing import TYPE_CHECKING

from shared.domain.clouds import CLOUDS, Cloud
from shared.domain.failures import FailureReason, ScanFailure

if TYPE_CHECKING:
    from azure.identity import DefaultAzureCredential, ManagedIdentityCredential

    type Credential = DefaultAzureCredential | ManagedIdentityCredential


class EntraTokens:
    """Tokens of the scanner's own identity; implements AadTokens.

    With ``managed`` (in Azure) they come from the managed identity of ``client_id``, or the system-assigned one;
    otherwise from what DefaultAzureCredential finds: environment, Azure CLI, editors.
    """

    def __init__(self, *, cloud: Cloud = Cloud.PUBLIC, managed: bool, client_id: str | None = None) -> None:
        self._authority = CLOUDS[cloud].authority
        self._managed = managed
        self._client_id = client_id
        self._lock = threading.Lock()
        self._credential: Credential | None = None

    def get(self, scope: str) -> str:
        """Return an access token for a scope; azure-identity keeps it until it expires. Raises ScanFailure."""
        from azure.core.exceptions import AzureError, ClientAuthenticationError

        try:
            return self._known_credential().get_token(scope).token
        except ClientAuthenticationError as error:
            text = f"no Microsoft Entra token ({error.message}): sign in, or assign the managed identity to the app"
            raise ScanFailure(FailureReason.UNAUTHORIZED, text) from error
        except AzureError as error:
            text = f"Microsoft Entra cannot be reached ({error.message}): the scan is repeated later"
            raise ScanFailure(FailureReason.REGISTRY_UNREACHABLE, text) from error

    def close(self) -> None:
        """Close the connections of the credential."""
        with self._lock:
            if self._credential is not None:
                self._credential.close()

    def _known_credential(self) -> "Credential":
        with self._lock:
            if self._credential is None:
                self._credential = self._make()
            return self._credential

    def _make(self) -> "Credential":
        from azure.identity import DefaultAzureCredential, ManagedIdentityCredential

        if self._managed:
            return ManagedIdentityCredential(client_id=self._client_id)
        return DefaultAzureCredential(authority=self._authority, managed_identity_client_id=self._client_id)
