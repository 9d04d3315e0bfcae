"""Who may do what in Azure: one table of ids, the same in the documentation, and each of them assigned."""

import json
import re

from tests.support.bicep import INFRA, templates

ROLES: dict[str, str] = json.loads((INFRA / "roles.json").read_text())
PAGE = (INFRA.parent / "docs" / "DEPLOY.md").read_text()
ROW = re.compile(r"^\| [^|]+ \| ([A-Z][^|]+) \| `([0-9a-f-]{36})` \|", re.MULTILINE)
PULLING = ["acrPull", "containerRegistryRepositoryReader", "containerRegistryRepositoryCatalogLister"]


def test_the_ids_are_whole_and_each_is_that_of_one_role() -> None:
    assert all(re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", one) for one in ROLES.values())
    assert len(set(ROLES.values())) == len(ROLES)


def test_the_table_of_the_documentation_is_that_of_the_templates() -> None:
    listed = {(_as_key(name), role_id) for name, role_id in ROW.findall(PAGE)}
    assert listed == set(ROLES.items())


def _as_key(name: str) -> str:
    whole = "".join(word[0].upper() + word[1:] for word in name.split())
    return "acrPull" if whole == "AcrPull" else whole[0].lower() + whole[1:]


def test_every_role_of_the_table_is_assigned_and_no_other() -> None:
    used = {name for one in templates() for name in re.findall(r"\broles\.(\w+)", one.text)} - {"bicep", "json"}
    assert used == set(ROLES)


def test_a_registry_can_be_pulled_from_in_both_of_its_modes() -> None:
    """One with repository permissions heeds no AcrPull, and one without them heeds nothing else."""
    for name in ("registry/access.bicep", "registry/subscription-access.bicep"):
        [one] = [one for one in templates() if one.name == name]
        assert re.findall(r"^  roles\.(\w+)$", one.text, re.MULTILINE)[:3] == PULLING


def test_an_assignment_is_named_by_its_scope_its_principal_and_its_role() -> None:
    """So that deploying again finds it, and no two of them meet."""
    for one in templates():
        for made in one.bodies("Microsoft.Authorization/roleAssignments"):
            assert made["name"]["function"]["type"] == "guid"
            assert len([part for part in made["name"]["function"]["parameters"].values() if part]) == 3
            assert made["properties"]["principalType"] == "ServicePrincipal"
