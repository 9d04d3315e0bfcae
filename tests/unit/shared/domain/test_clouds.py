"""The table of clouds: every cloud of the setting has every address, and none borrows from another."""

from __future__ import annotations

import pytest
from azure.core import AzureClouds
from azure.identity import AzureAuthorityHosts
from azure.mgmt.core.tools import get_arm_endpoints

from shared.domain.clouds import CLOUDS, Cloud
from shared.registry.allowlist import parse_entry
from shared.settings import load

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
