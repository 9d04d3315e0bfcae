"""Exposure over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from functions import exposure
from shared.advisories.change_log import ChangeLog
from shared.domain.severity import Severity
from tests.support.examples import REGISTRY, deletion, digest, finding, package, push, report
from tests.support.memory_app import MemoryAdvisories, MemoryApp
from tests.support.triggers import HOST, ask

ONE = {"registry": REGISTRY, "digest": digest(1)}


def filled(app: MemoryApp) -> None:
    """Push an image with two flaws, and twenty days later one without, under another tag."""
    hits = [finding("CVE-1"), finding("CVE-2", Severity.CRITICAL, package("zlib"))]
    for number, found in ((1, hits), (2, [])):
        app.world.advisories = MemoryAdvisories(report=report(found))
        app.record_push(push(f"e{number}", number, tag=f"v{number}"))
        app.work()
        app.world.clock.forward(days=20)


def told(path: str = "/") -> Any:
    status, body = ask(exposure.get_exposure, path)
    assert status == 200
    return body


def test_figures_are_told_in_all_and_in_parts(app: MemoryApp) -> None:
    filled(app)
    body = told()
    assert (body["from"], body["to"]) == ("2026-11-12T10:00:00Z", "2026-12-12T10:00:00Z")
    assert (body["total"]["open"], body["total"]["pastTarget"]) == (2, 2)
    assert body["severities"]["critical"]["open"] == 1
    assert body["registries"][0]["registry"] == REGISTRY
    assert body["repositories"][0]["repository"] == "app"
    assert {one["digest"] for one in body["oldest"]} == {digest(1)}
    assert body["unanswered"] == {"notAssessed": 0, "unsupported": 0}


def test_a_deletion_in_the_window_remediates(app: MemoryApp) -> None:
    filled(app)
    app.receive_event.record_deletion(deletion("d", 1, 60 * 24 * 40))
    app.work()
    total = told()["total"]
    assert (total["remediated"], total["meanDays"], total["medianDays"], total["open"]) == (2, 40.0, 40.0, 0)
    assert (total["withinTarget"], total["withinTargetShare"]) == (0, 0.0)
    assert told("/?to=2026-12-12T09:59:59Z")["total"]["open"] == 2


@pytest.mark.parametrize(
    ("query", "past"),
    [
        ("targetDays=50", 0),
        ("targetDays=39.5", 2),
        ("targetDays=critical:60", 1),
        ("targetDays=critical:60,high:60", 0),
    ],
)
def test_targets_can_be_set(app: MemoryApp, query: str, past: int) -> None:
    filled(app)
    assert told(f"/?{query}")["total"]["pastTarget"] == past


def test_one_severity_can_be_asked_for(app: MemoryApp) -> None:
    filled(app)
    assert told("/?severity=critical")["total"]["open"] == 1


@pytest.mark.parametrize(
    "query",
    ["targetDays=0", "targetDays=x", "targetDays=nan", "targetDays=3651", "targetDays=bad:3", "targetDays=high:",
     "targetDays=:3", "severity=awful", "to=2126-01-01T00:00:00Z"],
)  # fmt: skip
def test_a_parameter_that_cannot_be_used_is_named(app: MemoryApp, query: str) -> None:
    status, body = ask(exposure.get_exposure, f"/?{query}")
    assert (status, body["error"]["code"]) == (400, "InvalidParameter")
    assert query.partition("=")[0] in body["error"]["message"]


def test_the_clocks_of_an_image_come_in_pages_with_its_health(app: MemoryApp) -> None:
    filled(app)
    status, body = ask(exposure.list_exposure, "/?top=1", route=ONE)
    assert status == 200
    assert [one["flaw"] for one in body["value"]] == ["CVE-2"]
    assert body["image"] == {"health": "unhealthy", "untold": 0}
    assert "nextLink" in body


def test_a_finding_that_comes_between_two_pages_repeats_none(app: MemoryApp) -> None:
    filled(app)
    first = ask(exposure.list_exposure, "/?top=1", route=ONE)[1]
    worst = [finding(name, Severity.CRITICAL, package(name)) for name in ("CVE-2", "CVE-3", "CVE-4")]
    hits = [finding("CVE-1"), finding("CVE-2", Severity.CRITICAL, package("zlib")), *worst]
    app.world.advisories = MemoryAdvisories("snapshot-2", report(hits))
    app.rescan_affected(ChangeLog("snapshot-2"))
    app.work()
    second = ask(exposure.list_exposure, first["nextLink"].removeprefix(HOST), route=ONE)[1]
    assert {one["id"] for one in first["value"]}.isdisjoint(one["id"] for one in second["value"])
    assert len(second["value"]) == 1


def test_a_clock_is_told_as_of_a_time(app: MemoryApp) -> None:
    filled(app)
    [*clocks] = ask(exposure.list_exposure, "/?asOf=2026-11-02T10:00:00Z", route=ONE)[1]["value"]
    assert len(clocks) == 2
    status, body = ask(exposure.list_exposure, "/?asOf=2026-11-02T09:59:59Z", route=ONE)
    assert (status, body["error"]["code"]) == (404, "ImageNotFound")
