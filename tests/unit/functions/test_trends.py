"""Trends over HTTP."""

from __future__ import annotations

import pytest

from functions import images, trends
from shared.domain.image_health import Health
from shared.domain.severity import Severity
from tests.support.examples import finding, package, push, report
from tests.support.memory_app import MemoryAdvisories, MemoryApp
from tests.support.triggers import ask

NO_IMAGES: dict[str, int] = {str(one): 0 for one in Health}
NO_FINDINGS: dict[str, int] = {str(one): 0 for one in Severity}


def filled(app: MemoryApp) -> None:
    """Push an image with two flaws on the first day and one without any on the third."""
    hits = [finding("CVE-1"), finding("CVE-2", Severity.LOW, package("zlib"))]
    for number, found in ((1, hits), (2, [])):
        app.world.advisories = MemoryAdvisories(report=report(found))
        app.record_push(push(f"e{number}", number, tag=f"v{number}"))
        app.work()
        app.world.clock.forward(days=2)


def test_points_are_evenly_spaced_over_the_last_thirty_days(app: MemoryApp) -> None:
    filled(app)
    status, body = ask(trends.list_trends)
    assert status == 200
    assert len(body["value"]) == 30
    assert body["nextLink"] is None
    assert body["value"][0]["time"] == "2026-10-07T10:00:00Z"
    assert body["value"][-1]["time"] == "2026-11-06T10:00:00Z"
    assert sum(body["value"][0]["images"].values()) == 0


def test_a_point_tells_images_by_health_and_findings_by_severity(app: MemoryApp) -> None:
    filled(app)
    status, body = ask(trends.list_trends, "/?from=2026-11-03T10:00:00Z&to=2026-11-05T10:00:00Z&points=2")
    assert status == 200
    first, last = body["value"]
    assert first["images"] == {**NO_IMAGES, "unhealthy": 1}
    assert last["images"] == {**NO_IMAGES, "unhealthy": 1, "healthy": 1}
    assert first["findings"] == last["findings"] == {**NO_FINDINGS, "high": 1, "low": 1}
    assert first["disabledFindings"] == 0


def test_one_point_is_the_end(app: MemoryApp) -> None:
    filled(app)
    [point] = ask(trends.list_trends, "/?points=1")[1]["value"]
    listed = ask(images.list_images)[1]["value"]
    assert point["images"]["healthy"] == len([one for one in listed if one["health"] == "healthy"]) == 1


@pytest.mark.parametrize("query", ["repository=other", "registry=fabrikam.azurecr.io"])
def test_points_are_narrowed_down(app: MemoryApp, query: str) -> None:
    filled(app)
    [point] = ask(trends.list_trends, f"/?points=1&{query}")[1]["value"]
    assert sum(point["images"].values()) == 0


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("points=0", "points"),
        ("points=367", "points"),
        ("points=x", "points"),
        ("to=2126-11-05T10:00:00Z", "to"),
        ("to=yesterday", "to"),
        ("from=2026-11-01T10:00:01Z&to=2026-11-01T10:00:00Z", "from"),
        ("to=0001-01-02T00:00:00Z", "to"),
        ("repository=UPPER", "repository"),
    ],
)
def test_a_parameter_that_cannot_be_used_is_named(app: MemoryApp, query: str, name: str) -> None:
    status, body = ask(trends.list_trends, f"/?{query}")
    assert (status, body["error"]["code"]) == (400, "InvalidParameter")
    assert name in body["error"]["message"]
