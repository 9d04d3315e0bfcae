"""Scopes: what a path is about, and that a mistyped one is never an empty list."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.api.arm.scopes import Scope, parse_path
from shared.api.errors import ApiError
from shared.domain.registry_resources import RegistryResource
from tests.support.estates import RESOURCE, SUBSCRIPTION, estate

OTHER = RegistryResource("other.azurecr.io", "99999999-0000-0000-0000-000000000000", "g2", "other")
ESTATE = estate(resources=[RESOURCE, OTHER])
IN = f"subscriptions/{SUBSCRIPTION}"


@pytest.mark.parametrize(
    ("path", "names"),
    [
        (IN, ["Contoso"]),
        (IN.upper(), ["Contoso"]),
        (f"/{IN}/resourceGroups/SHOP-rg", ["Contoso"]),
        (f"{IN}/resourcegroups/shop-rg/providers/microsoft.containerregistry/REGISTRIES/contoso", ["Contoso"]),
        (RESOURCE.id, ["Contoso"]),
        (OTHER.id, ["other"]),
        ("providers/Microsoft.Management/managementGroups/mine", ["Contoso", "other"]),
        ("", ["Contoso", "other"]),
    ],
)
def test_a_scope_holds_its_registries(path: str, names: list[str]) -> None:
    scope, what = parse_path(f"{path}/providers/Microsoft.Security/assessments/key")
    assert what == ["assessments", "key"]
    assert [one.resource.name for one in scope.registries(ESTATE)] == names


@pytest.mark.parametrize(
    ("scope", "code"),
    [
        (Scope("00000000-1111-0000-0000-000000000000"), "SubscriptionNotFound"),
        (Scope(SUBSCRIPTION, "g2"), "ResourceGroupNotFound"),
        (Scope(SUBSCRIPTION, "Shop-Rg", "other"), "ResourceNotFound"),
        (Scope("\x1b[31m"), "SubscriptionNotFound"),
    ],
)
def test_a_scope_that_is_not_watched_is_not_found(scope: Scope, code: str) -> None:
    with pytest.raises(ApiError) as refused:
        scope.registries(ESTATE)
    assert (refused.value.status, refused.value.code) == (404, code)
    assert "\x1b" not in refused.value.message


def test_a_subscription_of_ours_without_registries_is_known_and_empty() -> None:
    assert Scope(SUBSCRIPTION).registries(estate(resources=[OTHER])) == ()


@pytest.mark.parametrize(
    "path",
    [
        *("", "subscriptions", f"{IN}/providers/Microsoft.Compute/x", f"{IN}/providers", "a/" * 50),
        f"{IN}/resourceGroups/providers/Microsoft.Security/assessments",
        f"{IN}/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/v/providers/Microsoft.Security/assessments",
    ],
)
def test_a_path_that_leads_nowhere_is_not_found(path: str) -> None:
    with pytest.raises(ApiError) as refused:
        parse_path(path)
    assert (refused.value.status, refused.value.code) == (404, "InvalidResourceType")


@given(st.lists(st.sampled_from(["providers", "Microsoft.Security", "subscriptions", "x", "", "é"]), max_size=12))
def test_no_path_is_more_than_not_found(parts: list[str]) -> None:
    status, left = 200, 0
    try:
        left = len(parse_path("/".join(parts))[1])
    except ApiError as refused:
        status = refused.status
    assert status in (200, 404)
    assert left <= max(0, len(parts) - 2)
