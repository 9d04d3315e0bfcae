import socket

import pytest

from shared.domain.failures import FailureReason, ScanFailure
from shared.registry.allowlist import Allowlist, Endpoint, InvalidRegistryEntry, parse_entry
from shared.registry.client import RegistryClient
from shared.registry.interface import Descriptor
from tests.support.acr import silent_listener, was_contacted


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("contoso.azurecr.io", Endpoint("contoso.azurecr.io", "https", azure=True)),
        (" Contoso.AzureCR.io/ ", Endpoint("contoso.azurecr.io", "https", azure=True)),
        ("contoso-a1b2c3.azurecr.us", Endpoint("contoso-a1b2c3.azurecr.us", "https", azure=True)),
        ("contoso.azurecr.cn", Endpoint("contoso.azurecr.cn", "https", azure=True)),
        ("https://registry.example:8443", Endpoint("registry.example:8443", "https", azure=False)),
        ("http://127.0.0.1:5055", Endpoint("127.0.0.1:5055", "http", azure=False)),
    ],
)
def test_an_entry_names_a_host_and_its_scheme(entry: str, expected: Endpoint) -> None:
    assert parse_entry(entry) == expected


@pytest.mark.parametrize(
    "entry",
    [
        "http://contoso.azurecr.io",
        "contoso.azurecr.io.evil.example",
        "evilazurecr.io",
        "a.b.azurecr.io",
        "contoso.azurecr.io:444",
        "azurecr.io",
    ],
)
def test_a_registry_that_only_resembles_one_of_azure_gets_no_entra_tokens(entry: str) -> None:
    assert not parse_entry(entry).azure


@pytest.mark.parametrize(
    "entry",
    ["ftp://contoso.azurecr.io", "https://", "contoso.azurecr.io/team", "user@contoso.azurecr.io", "*.azurecr.io"],
)
def test_an_entry_that_names_no_login_server_is_refused(entry: str) -> None:
    with pytest.raises(InvalidRegistryEntry, match="REGISTRIES"):
        parse_entry(entry)


def test_blank_entries_are_passed_over() -> None:
    assert Allowlist.of(["", " ", "contoso.azurecr.io"]).endpoint("contoso.azurecr.io").scheme == "https"


@pytest.mark.parametrize(
    "registry",
    ["contoso.azurecr.io:443", "Contoso.azurecr.io", "contoso.azurecr.io.", "x.contoso.azurecr.io", "azurecr.io", ""],
)
def test_only_the_exact_login_server_is_allowed(registry: str) -> None:
    with pytest.raises(ScanFailure, match="not allowed") as failure:
        Allowlist.of(["contoso.azurecr.io"]).endpoint(registry)
    assert failure.value.reason is FailureReason.REGISTRY_NOT_ALLOWED
    assert not failure.value.retryable


def test_a_registry_that_is_not_listed_is_never_contacted() -> None:
    with silent_listener() as listener:
        client = RegistryClient(Allowlist.of(["contoso.azurecr.io"]))
        host = f"127.0.0.1:{listener.getsockname()[1]}"
        descriptor = Descriptor("application/octet-stream", "sha256:" + "0" * 64, 1)
        for call in (
            lambda: client.resolve(host, "team/app", "v1"),
            lambda: client.manifest(host, "team/app", "v1"),
            lambda: client.blob(host, "team/app", descriptor),
        ):
            with pytest.raises(ScanFailure) as failure:
                call()
            assert failure.value.reason is FailureReason.REGISTRY_NOT_ALLOWED
        assert not was_contacted(listener)
        with socket.create_connection(listener.getsockname()):
            assert was_contacted(listener), "the listener must notice a contact, or this test proves nothing"
