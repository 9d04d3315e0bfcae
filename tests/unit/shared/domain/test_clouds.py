"""The table of clouds: every cloud of the setting has every address, and none borrows from another."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from azure.core import AzureClouds
from azure.identity import AzureAuthorityHosts
from azure.mgmt.core.tools import get_arm_endpoints

from shared.domain.clouds import CLOUDS, Cloud, cloud_of
from shared.registry.allowlist import parse_entry
from shared.settings import InvalidSettings, load
from shared.storage.identity import credential

ROOT = Path(__file__).parents[4]

SDK = {
    Cloud.PUBLIC: (AzureClouds.AZURE_PUBLIC_CLOUD, AzureAuthorityHosts.AZURE_PUBLIC_CLOUD),
    Cloud.US_GOVERNMENT: (AzureClouds.AZURE_US_GOVERNMENT, AzureAuthorityHosts.AZURE_GOVERNMENT),
    Cloud.CHINA: (AzureClouds.AZURE_CHINA_CLOUD, AzureAuthorityHosts.AZURE_CHINA),
}


@pytest.mark.parametrize("cloud", Cloud)
def test_a_cloud_is_managed_and_signed_in_to_where_the_sdk_says(cloud: Cloud) -> None:
    theirs, authority = SDK[cloud]
    endpoints = get_arm_endpoints(theirs)
    ours = CLOUDS[cloud]
    assert f"https://{ours.management}" == endpoints["resource_manager"].rstrip("/")
    assert [ours.management_scope] == endpoints["credential_scopes"]
    assert ours.authority == authority


@pytest.mark.parametrize("cloud", Cloud)
def test_registries_of_a_cloud_get_entra_tokens(cloud: Cloud) -> None:
    assert parse_entry(f"contoso.{CLOUDS[cloud].login_server_suffix}").azure


@pytest.mark.parametrize("cloud", Cloud)
def test_storage_of_a_cloud_has_its_suffix(cloud: Cloud) -> None:
    settings = load({"AZURE_CLOUD": cloud, "AzureWebJobsStorage__accountName": "store"})
    suffix = CLOUDS[cloud].storage_suffix
    assert settings.storage_endpoints is not None
    assert settings.storage_endpoints[0] == f"https://store.blob.{suffix}"


def test_no_two_clouds_share_an_address() -> None:
    for field in ("authority", "management", "management_scope", "login_server_suffix", "storage_suffix"):
        assert len({getattr(endpoints, field) for endpoints in CLOUDS.values()}) == len(Cloud)


@pytest.mark.parametrize("cloud", Cloud)
@pytest.mark.parametrize("other", Cloud)
def test_registries_are_watched_from_their_own_cloud(cloud: Cloud, other: Cloud) -> None:
    server = f"contoso.{CLOUDS[other].login_server_suffix}"
    environment = {"AzureWebJobsStorage": "x", "AZURE_CLOUD": cloud, "REGISTRIES": f"registry.example,{server}"}
    assert cloud_of(server) is other
    if cloud is other:
        assert load(environment).registries == ("registry.example", server)
        return
    with pytest.raises(InvalidSettings, match=f"{server} lies in {other}, and AZURE_CLOUD is {cloud}"):
        load(environment)


@pytest.mark.parametrize("cloud", Cloud)
def test_a_developer_signs_in_where_the_cloud_does(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    import azure.identity

    asked: list[object] = []
    monkeypatch.delenv("IDENTITY_ENDPOINT", raising=False)
    monkeypatch.setattr(azure.identity, "DefaultAzureCredential", lambda authority: asked.append(authority))
    credential("", cloud)
    assert asked == [CLOUDS[cloud].authority]


def test_no_address_of_a_cloud_is_written_anywhere_else() -> None:
    addresses = {
        text.removeprefix("https://").removesuffix("/.default")
        for endpoints in CLOUDS.values()
        for text in (getattr(endpoints, field) for field in endpoints.__struct_fields__)
    }
    pattern = re.compile("|".join(re.escape(address) for address in (*addresses, "containerregistry.azure.net")))
    folders = ("shared", "functions", "cli", "local", "infra")
    sources = [ROOT / "function_app.py"]
    for folder in folders:
        sources += [path for path in (ROOT / folder).rglob("*") if path.suffix in (".py", ".bicep", ".json", ".sh")]
    found = {
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in sources
        if path.name != "clouds.py"
        # The login server of the examples and the name of a schema are no addresses that are asked.
        for line in path.read_text().replace("contoso.azurecr.io", "").splitlines()
        if pattern.search(line) and "$schema" not in line
    }
    assert found == set()
