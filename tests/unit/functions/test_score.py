"""The secure score of the product's own API: the same points as clients of Azure read."""

from typing import Any

import pytest

from functions import arm, score, trends
from tests.support.examples import REGISTRY, finding, push, report
from tests.support.memory_app import MemoryAdvisories, MemoryApp
from tests.support.triggers import ask

SUBSCRIPTION = "00000000-0000-0000-0000-000000000000"
SCORES = f"subscriptions/{SUBSCRIPTION}/providers/Microsoft.Security/secureScores"
BEFORE = "2026-11-01T00:00:00Z"
NOTHING = {"healthy": 0, "unhealthy": 0, "not-assessed": 0, "unsupported": 0}


@pytest.fixture(autouse=True)
def _scanned(app: MemoryApp) -> None:
    """Two images, of which the first has a finding and the second, in another repository, has none."""
    app.world.advisories = MemoryAdvisories(report=report([finding("CVE-1")]))
    app.record_push(push("e1"))
    app.work()
    app.world.advisories = MemoryAdvisories(report=report([]))
    app.record_push(push("e2", 2, repository="other"))
    app.work()


def scored(query: str = "") -> Any:
    status, body = ask(score.get_score, f"/api/score?{query}")
    assert status == 200
    return body


def of_azure(query: str = "") -> Any:
    path = f"{SCORES}/ascScore"
    status, body = ask(
        arm.arm_of_subscription, f"/{path}?api-version=2020-01-01&{query}", route={"path": path.partition("/")[2]}
    )
    assert status == 200
    return body["properties"]


@pytest.mark.parametrize("query", ["", f"asOf={BEFORE}", "asOf=2026-11-02T10:00:00Z"])
def test_the_score_is_the_one_that_clients_of_azure_get(query: str) -> None:
    found, azure = scored(query), of_azure(query)

    assert {name: found[name] for name in ("max", "current", "percentage")} == azure["score"]
    assert sum(found["images"].values()) - found["images"]["unsupported"] == azure["weight"]


@pytest.mark.parametrize("time", [BEFORE, "2026-11-02T10:00:00Z"])
@pytest.mark.parametrize("part", ["", "&repository=app"])
def test_the_images_behind_it_are_those_that_the_trend_ends_with(time: str, part: str) -> None:
    status, trend = ask(trends.list_trends, f"/api/trends?to={time}&points=1{part}")

    assert status == 200
    assert [point["images"] for point in trend["value"]] == [scored(f"asOf={time}{part}")["images"]]


def test_the_score_names_the_images_behind_it() -> None:
    assert scored() == {
        "max": 6,
        "current": 3,
        "percentage": 0.5,
        "images": {**NOTHING, "healthy": 1, "unhealthy": 1},
    }


@pytest.mark.parametrize(
    ("query", "points", "counts"),
    [
        ("repository=app", 0, {"unhealthy": 1}),
        (f"repository=other&registry={REGISTRY}", 6, {"healthy": 1}),
        ("registry=fabrikam.azurecr.io", 0, {}),
        (f"asOf={BEFORE}", 0, {}),
        ("health=healthy", 3, {"healthy": 1, "unhealthy": 1}),
    ],
)
def test_a_part_has_a_score_of_its_own_and_none_is_of_the_healthy_ones_only(
    query: str, points: int, counts: dict[str, int]
) -> None:
    found = scored(query)

    assert (found["current"], found["images"]) == (points, NOTHING | counts)


@pytest.mark.parametrize("query", ["registry=..", "repository=A", "asOf=yesterday"])
def test_a_parameter_that_cannot_be_used_is_refused(query: str) -> None:
    assert ask(score.get_score, f"/api/score?{query}")[0] == 400
