"""What clients of Azure Resource Manager ask for."""

from typing import Any

import pytest

from functions import arm
from tests.support.examples import REGISTRY, finding, push, report
from tests.support.memory_app import MemoryAdvisories, MemoryApp
from tests.support.triggers import HOST, ask

SUBSCRIPTION = "00000000-0000-0000-0000-000000000000"
KEY = "c0b7cfc6-3172-465a-b378-53c7ff2cc0d5"
FINDINGS = f"providers/Microsoft.Security/assessments/{KEY}/subAssessments"
VERSION = "api-version=2019-01-01-preview"


@pytest.fixture(autouse=True)
def _scanned(app: MemoryApp) -> None:
    app.world.advisories = MemoryAdvisories(report=report([finding("CVE-1"), finding("CVE-2")]))
    app.record_push(push("e1"))
    app.work()


def get(path: str, query: str = VERSION) -> tuple[int, Any]:
    return ask(arm.arm_of_subscription, f"/subscriptions/{path}?{query}", route={"path": path})


def test_findings_of_a_subscription_are_listed_in_pages() -> None:
    status, first = get(f"{SUBSCRIPTION}/{FINDINGS}", f"{VERSION}&$top=1")
    assert (status, len(first["value"])) == (200, 1)
    assert first["nextLink"].startswith(f"{HOST}/subscriptions/{SUBSCRIPTION}/{FINDINGS}?")
    status, second = get(f"{SUBSCRIPTION}/{FINDINGS}", first["nextLink"].partition("?")[2])
    assert (status, len(second["value"])) == (200, 1)
    assert "nextLink" not in second
    assert first["value"][0]["name"] != second["value"][0]["name"]


def test_a_registry_whose_id_is_not_known_is_found_by_its_stand_in() -> None:
    registry = f"resourceGroups/unknown/providers/Microsoft.ContainerRegistry/registries/{REGISTRY.partition('.')[0]}"
    status, body = get(f"{SUBSCRIPTION}/{registry}/{FINDINGS}")
    assert (status, len(body["value"])) == (200, 2)


def test_a_management_group_stands_for_everything() -> None:
    status, body = ask(
        arm.arm_of_management_group,
        f"/providers/Microsoft.Management/managementGroups/mine/{FINDINGS}?{VERSION}",
        route={"path": f"mine/{FINDINGS}"},
    )
    assert (status, len(body["value"])) == (200, 2)


def test_metadata_of_recommendations_needs_no_scope() -> None:
    route = {"path": f"assessmentMetadata/{KEY}"}
    status, body = ask(arm.arm_of_tenant, "/x?api-version=2021-06-01", route=route)
    assert (status, body["name"]) == (200, KEY)


def test_a_time_is_answered_for_as_it_was() -> None:
    status, body = get(f"{SUBSCRIPTION}/{FINDINGS}", f"{VERSION}&asOf=2020-01-01T00:00:00Z")
    assert (status, body) == (200, {"value": []})
    assert get(f"{SUBSCRIPTION}/{FINDINGS}", f"{VERSION}&asOf=never")[0] == 400


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        (f"{SUBSCRIPTION}/{FINDINGS}/x", 404, "SubAssessmentNotFound"),
        ("1/providers/Microsoft.Security/subAssessments", 404, "SubscriptionNotFound"),
        ("", 404, "InvalidResourceType"),
    ],
)
def test_errors_have_the_shape_of_azure(path: str, status: int, code: str) -> None:
    found, body = get(path)
    assert (found, body["error"]["code"]) == (status, code)
