"""Registries for these tests: the real docker-registry, and the stand-in for Azure's, with TLS."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.registry import network_failures, pools
from shared.registry.allowlist import Allowlist, Endpoint
from shared.registry.client import RegistryClient
from shared.registry.retries import RetryPolicy
from tests.support.acr import ENTRA_TOKEN, AcrStandIn, make_tls
from tests.support.docker_registry import DockerRegistry, start_registry


class ScannerIdentity:
    """A source of Microsoft Entra tokens that remembers which scopes it was asked for."""

    def __init__(self) -> None:
        self.scopes: list[str] = []

    def get(self, scope: str) -> str:
        self.scopes.append(scope)
        return ENTRA_TOKEN


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DockerRegistry]:
    with start_registry(tmp_path_factory.mktemp("registry")) as running:
        yield running


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a registry be slow: a request that is sent again because this machine paused would be counted."""
    for module in (pools, network_failures):
        monkeypatch.setattr(module, "CONNECT_SECONDS", 120.0)
        monkeypatch.setattr(module, "READ_SECONDS", 120.0)


@pytest.fixture
def waits() -> list[float]:
    """Collect the seconds that the client would have slept."""
    return []


@pytest.fixture
def client(registry: DockerRegistry, waits: list[float]) -> Iterator[RegistryClient]:
    made = RegistryClient(Allowlist.of([registry.url]), retries=RetryPolicy(sleep=waits.append))
    yield made
    made.close()


@pytest.fixture
def acr(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AcrStandIn]:
    tls, trusted = make_tls(tmp_path)
    # OpenSSL's own variable: the client trusts the certificate without an option for it.
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    with AcrStandIn(tls) as running:
        yield running


@pytest.fixture
def identity() -> ScannerIdentity:
    return ScannerIdentity()


@pytest.fixture
def azure_client(acr: AcrStandIn, identity: ScannerIdentity, waits: list[float]) -> Iterator[RegistryClient]:
    allowlist = Allowlist([Endpoint(acr.host, "https", azure=True)])
    made = RegistryClient(allowlist, aad=identity, retries=RetryPolicy(sleep=waits.append))
    yield made
    made.close()
