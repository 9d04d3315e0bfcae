"""Registries as Azure resources."""

import pytest

from shared.domain.registry_resources import InvalidResourceId, RegistryResource, parse_resource_id, stand_in

ID = "/subscriptions/1-2/resourceGroups/Rg_1.(x)/providers/Microsoft.ContainerRegistry/registries/Contoso"


def test_an_id_is_read_and_written_alike() -> None:
    found = parse_resource_id("contoso.azurecr.io", ID)
    assert found == RegistryResource("contoso.azurecr.io", "1-2", "Rg_1.(x)", "Contoso")
    assert found.id == ID


def test_the_fixed_parts_get_the_case_that_azure_gives_them() -> None:
    shouted = ID.replace("resourceGroups", "RESOURCEGROUPS").replace("Microsoft.Container", "microsoft.container")
    assert parse_resource_id("contoso.azurecr.io", shouted + "/").id == ID


@pytest.mark.parametrize(
    "text",
    [
        *("", "contoso", ID + "/x", ID.replace("registries", "webhooks"), ID.replace("/subscriptions", "")),
        ID.replace("Contoso", "a b"),
        ID + "\n",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(InvalidResourceId, match="must be /subscriptions/"):
        parse_resource_id("contoso.azurecr.io", text)


def test_a_registry_whose_id_is_not_known_has_a_stand_in_that_says_so() -> None:
    servers = ["app.azurecr.io", "app-x1.azurecr.io", "ghcr.io", "127.0.0.1:5055", "127.0.0.1:5056"]
    found = [stand_in(server, "s") for server in servers]
    assert [one.name for one in found] == ["app", "app-x1", "ghcr-io", "127-0-0-1-5055", "127-0-0-1-5056"]
    assert {(one.subscription_id, one.resource_group) for one in found} == {("s", "unknown")}
    assert all(parse_resource_id(one.login_server, one.id) == one for one in found)
