"""The scanner's identity, against a stand-in for the token endpoint that App Service gives to its apps."""

import json
import time
from urllib.parse import unquote

import pytest

from shared.domain.clouds import REGISTRY_SCOPE
from shared.domain.failures import FailureReason, ScanFailure
from shared.registry.azure_credentials import EntraTokens
from tests.support.acr import Received, RecordingServer, Reply


def identity_endpoint(status: int = 200) -> RecordingServer:
    def answer(_: Received) -> Reply:
        token = {"access_token": "managed-token", "expires_on": str(int(time.time()) + 86_400), "token_type": "Bearer"}
        body = token if status == 200 else {"error": "invalid_request", "error_description": "no such identity"}
        return Reply(status, json.dumps(body).encode(), {"Content-Type": "application/json"})

    return RecordingServer(answer)


def test_a_managed_identity_is_asked_once_for_the_audience_of_registries(monkeypatch: pytest.MonkeyPatch) -> None:
    with identity_endpoint() as server:
        monkeypatch.setenv("IDENTITY_ENDPOINT", f"{server.url}/msi/token")
        monkeypatch.setenv("IDENTITY_HEADER", "secret-header")
        tokens = EntraTokens(managed=True, client_id="00000000-0000-0000-0000-0000000000aa")
        assert tokens.get(REGISTRY_SCOPE) == tokens.get(REGISTRY_SCOPE) == "managed-token"
        tokens.close()
        assert len(server.received) == 1
        assert "resource=https://containerregistry.azure.net" in unquote(server.received[0].path)
        assert "client_id=00000000-0000-0000-0000-0000000000aa" in server.received[0].path
        assert server.received[0].headers["x-identity-header"] == "secret-header"


def test_an_identity_that_is_refused_is_missing_access(monkeypatch: pytest.MonkeyPatch) -> None:
    with identity_endpoint(status=400) as server:
        monkeypatch.setenv("IDENTITY_ENDPOINT", f"{server.url}/msi/token")
        monkeypatch.setenv("IDENTITY_HEADER", "secret-header")
        tokens = EntraTokens(managed=True)
        with pytest.raises(ScanFailure, match="managed identity") as failure:
            tokens.get(REGISTRY_SCOPE)
        tokens.close()
        assert failure.value.reason is FailureReason.UNAUTHORIZED
