"""The policy that logs pulls does what discovery does: for the same registries, in the same cases, the same setting."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from shared.domain.exclusions import Exclusions
from shared.domain.registry_resources import parse_resource_id
from shared.settings import load
from shared.subscription import azure_subscription
from shared.subscription.azure_subscription import AzureSubscription, EventTargets
from shared.subscription.client import ManagementClient
from shared.subscription.interface import ListedRegistry
from tests.support.arm import SUBSCRIPTION, registry_id
from tests.support.bicep import INFRA, template
from tests.support.policy import Policy

type Json = dict[str, Any]

DEFINITION: Json = json.loads((INFRA / "registry" / "pulls-policy.json").read_text())
BICEP = template("registry/pulls-policy.bicep")
ACCOUNT = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/stplimsoll"
OTHER = ACCOUNT.replace("stplimsoll", "stothers")
PULLS = {"category": azure_subscription.LOG_CATEGORY, "enabled": True}
PARAMETERS = {
    "location": "westeurope",
    "storageAccountId": ACCOUNT,
    "excludingTagName": "plimsoll",
    "excludingTagValue": "off",
}
POLICY = Policy(DEFINITION["policyRule"], PARAMETERS)
RESOURCE = {"type": "Microsoft.ContainerRegistry/registries", "name": "shop", "location": "westeurope", "tags": {}}


class OneRegistry(ManagementClient):
    """Azure Resource Manager with the diagnostic settings of one registry; keeps what is put."""

    def __init__(self, settings: list[Json]) -> None:
        self.settings = settings
        self.made: list[tuple[str, str, Json]] = []

    def list(self, path: str, api_version: str) -> Iterator[Json]:
        return iter(self.settings)

    def put(self, path: str, api_version: str, body: Json) -> Json:
        self.made.append((path, api_version, body))
        return body


def made_by_discovery(settings: list[Json]) -> list[tuple[str, str, Json]]:
    client = OneRegistry(settings)
    targets = EventTargets(ACCOUNT, "", "", "")
    registry = ListedRegistry(parse_resource_id("shop.azurecr.io", registry_id("shop")), "westeurope", {})
    AzureSubscription(client, SUBSCRIPTION, "azurecr.io", targets).log_pulls(registry)
    return client.made


def setting(account: str, *logs: Json) -> Json:
    return {"properties": {"storageAccountId": account, "logs": [*logs]}}


@pytest.mark.parametrize(
    "settings",
    [
        [],
        [setting(ACCOUNT)],
        [setting(ACCOUNT, PULLS)],
        [setting(ACCOUNT.upper(), PULLS)],
        [setting(ACCOUNT, {"categoryGroup": "allLogs", "enabled": True})],
        [setting(ACCOUNT, {"categoryGroup": "audit", "enabled": True})],
        [setting(ACCOUNT, {**PULLS, "enabled": False})],
        [setting(ACCOUNT, {"category": "ContainerRegistryLoginEvents", "enabled": True})],
        [setting(ACCOUNT, {"category": "ContainerRegistryLoginEvents", "enabled": True}, PULLS)],
        [setting(OTHER, PULLS)],
        [setting(OTHER, PULLS), setting(ACCOUNT, {**PULLS, "enabled": False})],
        [setting(OTHER, PULLS), setting(ACCOUNT, PULLS)],
        [{"properties": {"workspaceId": "/theirs", "logs": [PULLS]}}],
    ],
    ids=range(13),
)
def test_a_setting_is_missing_where_discovery_would_make_one(settings: list[Json]) -> None:
    assert POLICY.satisfied(settings) == (made_by_discovery(settings) == [])


def test_the_setting_is_the_one_that_discovery_makes() -> None:
    made = POLICY.deployed(RESOURCE)
    [(path, version, body)] = made_by_discovery([])
    assert path == f"{registry_id('shop')}/providers/{made['type']}/{made['name']}"
    assert (made["apiVersion"], made["properties"]) == (version, body["properties"])
    assert made["scope"] == registry_id("shop").partition("/providers/")[2]
    assert set(made) == {"type", "apiVersion", "scope", "name", "properties"}


@pytest.mark.parametrize(
    "tags",
    [{}, {"plimsoll": "off"}, {"Plimsoll": "OFF"}, {"plimsoll": "on"}, {"plimsoll": ""}, {"other": "off"}],
    ids=range(6),
)
def test_a_registry_is_left_out_by_the_tag_by_which_discovery_leaves_it_out(tags: dict[str, str]) -> None:
    resource = parse_resource_id("shop.azurecr.io", registry_id("shop"))
    excluded = Exclusions(tag=("plimsoll", "off")).why(resource, tags)
    assert POLICY.applies({**RESOURCE, "tags": tags}) == (not excluded)


def test_only_registries_of_the_region_of_the_storage_account_are_meant() -> None:
    assert POLICY.applies(RESOURCE)
    assert not POLICY.applies({**RESOURCE, "location": "northeurope"})
    assert not POLICY.applies({**RESOURCE, "type": "Microsoft.Storage/storageAccounts"})


def test_the_tag_is_read_from_the_setting_as_the_app_reads_it() -> None:
    """The templates cannot be run here: a name before the first equals sign, a value after it, neither with blanks."""
    assert "excludingTag: settings.EXCLUDING_TAG" in template("main.bicep").text
    assert "var tagName = trim(split(excludingTag, '=')[0])\n" in BICEP.text
    assert "var tagValue = trim(substring(excludingTag, indexOf(excludingTag, '=') + 1))\n" in BICEP.text
    storage = {"AzureWebJobsStorage": "UseDevelopmentStorage=true"}
    assert load({**storage, "EXCLUDING_TAG": " team = a=b "}).exclusions.tag == ("team", "a=b")


def test_the_assignment_gives_every_parameter_of_the_policy() -> None:
    [assignment] = BICEP.bodies("Microsoft.Authorization/policyAssignments")
    assert set(assignment["properties"]["parameters"]) == set(DEFINITION["parameters"]) == set(PARAMETERS)
    assert assignment["identity"] == {"type": "SystemAssigned"}
    assert all(
        set(one) == {"type", "metadata"} and one["type"] == "String" for one in DEFINITION["parameters"].values()
    )


def test_the_identity_of_the_policy_has_the_roles_that_the_policy_names() -> None:
    named = re.findall(r"^  roles\.(\w+)$", BICEP.text, re.MULTILINE)
    joined = "union(policy.policyRule, { then: { details: { roleDefinitionIds: roleDefinitionIds } } })"
    assert f"    policyRule: {joined}\n" in BICEP.text
    access = [template(f"registry/{name}.bicep").text for name in ("policy-access", "policy-storage")]
    assert [re.findall(r"roleDefinitions', roles\.(\w+)\)", text) for text in access] == [[role] for role in named]


def test_there_is_no_policy_unless_somebody_chooses_to() -> None:
    main = template("main.bicep")
    assert str(main.part("parameters")["pullsByPolicy"]["default"]) == "False"
    assert main.part("modules")["pullsPolicy"]["config"]["condition"] == "pullsByPolicy"
