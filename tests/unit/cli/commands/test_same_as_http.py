"""``--json`` gives what the HTTP API gives, and of a list all pages in one document."""

from __future__ import annotations

from typing import Any

import pytest

from functions import billing, exposure, findings, images, trends
from tests.support.command_runs import run_json, run_text, whole_list
from tests.support.examples import REGISTRY, digest
from tests.support.memory_app import MemoryApp
from tests.support.removed_registries import remove_registry
from tests.support.triggers import ask

EARLIER = "2026-11-02T10:02:30Z"


@pytest.mark.parametrize(
    ("arguments", "trigger", "path"),
    [
        ("images", images.list_images, "/api/images"),
        ("images --health healthy", images.list_images, "/api/images?health=healthy"),
        ("images --repository team/app2", images.list_images, "/api/images?repository=team/app2"),
        (f"images --registry {REGISTRY}", images.list_images, f"/api/images?registry={REGISTRY}"),
        (f"images --as-of {EARLIER}", images.list_images, f"/api/images?asOf={EARLIER}"),
        ("findings", findings.find_findings, "/api/findings"),
        ("findings --cve ghsa-1", findings.find_findings, "/api/findings?cve=ghsa-1"),
        (
            "findings --package zlib --version 1.3",
            findings.find_findings,
            "/api/findings?package=zlib&version=1.3",
        ),
        ("findings --severity low", findings.find_findings, "/api/findings?severity=low"),
        ("findings --fixable", findings.find_findings, "/api/findings?fixable=true"),
        ("findings --fixable false", findings.find_findings, "/api/findings?fixable=false"),
        ("findings --disabled", findings.find_findings, "/api/findings?disabled=true"),
        (
            f"findings --registry {REGISTRY} --repository team/app1 --digest {digest(1)}",
            findings.find_findings,
            f"/api/findings?registry={REGISTRY}&repository=team/app1&digest={digest(1)}",
        ),
        (f"findings --as-of {EARLIER}", findings.find_findings, f"/api/findings?asOf={EARLIER}"),
        ("findings --exploited false", findings.find_findings, "/api/findings?exploited=false"),
        (
            "recommendations --repository team/app3",
            images.list_recommendations,
            "/api/recommendations?repository=team/app3",
        ),
        ("recommendations", images.list_recommendations, "/api/recommendations"),
        (f"recommendations --as-of {EARLIER}", images.list_recommendations, f"/api/recommendations?asOf={EARLIER}"),
    ],
)
def test_a_list_is_all_pages_of_the_http_api(
    estate: MemoryApp, capsys: pytest.CaptureFixture[str], arguments: str, trigger: Any, path: str
) -> None:
    expected = whole_list(trigger, path)
    assert expected["value"]
    assert run_json(capsys, *arguments.split()) == (0, expected)


@pytest.mark.parametrize("asked", [(), ("--as-of", EARLIER)])
def test_an_image_is_that_of_the_http_api(
    estate: MemoryApp, capsys: pytest.CaptureFixture[str], asked: tuple[str, ...]
) -> None:
    route = {"registry": REGISTRY, "digest": digest(2)}
    status, expected = ask(images.get_image, f"/?asOf={asked[1]}" if asked else "/", route=route)
    assert (status, expected["health"]) == (200, "unhealthy")
    assert run_json(capsys, "image", REGISTRY, digest(2), *asked) == (0, expected)


@pytest.mark.parametrize("asked", [(), ("--as-of", EARLIER)])
def test_the_bill_is_that_of_the_http_api(
    estate: MemoryApp, capsys: pytest.CaptureFixture[str], asked: tuple[str, ...]
) -> None:
    query = f"&asOf={asked[1]}" if asked else ""
    status, expected = ask(billing.get_billing, f"/api/billing?month=2026-11{query}")
    assert (status, expected["total"]) == (200, 3 if asked else 4)
    assert run_json(capsys, "billing", "--month", "2026-11", *asked) == (0, expected)


def test_trends_are_those_of_the_http_api(estate: MemoryApp, capsys: pytest.CaptureFixture[str]) -> None:
    status, expected = ask(trends.list_trends, f"/api/trends?repository=team/app1&from={EARLIER}&points=3")
    assert (status, len(expected["value"])) == (200, 3)
    asked = ("--repository", "team/app1", "--from", EARLIER, "--points", "3")
    assert run_json(capsys, "trends", *asked) == (0, expected)


def test_exposure_is_that_of_the_http_api(estate: MemoryApp, capsys: pytest.CaptureFixture[str]) -> None:
    status, expected = ask(exposure.get_exposure, "/api/exposure?repository=team/app1&targetDays=high:3")
    assert (status, expected["total"]["open"]) == (200, 1)
    assert run_json(capsys, "exposure", "--repository", "team/app1", "--target-days", "high:3") == (0, expected)


@pytest.mark.parametrize(
    ("arguments", "trigger", "path"),
    [
        ("images", images.list_images, "/api/images"),
        ("findings", findings.find_findings, "/api/findings"),
        ("recommendations", images.list_recommendations, "/api/recommendations"),
        ("trends --points 2", trends.list_trends, "/api/trends?points=2"),
        ("exposure", exposure.get_exposure, "/api/exposure"),
    ],
)
def test_while_the_plan_is_off_both_say_so(
    estate: MemoryApp, capsys: pytest.CaptureFixture[str], arguments: str, trigger: Any, path: str
) -> None:
    estate.change_plan(on=False, reason="wound up", actor="ann", request_id="r1")
    status, expected = ask(trigger, f"{path}{'&' if '?' in path else '?'}top=100")
    assert (status, expected["caveat"][:21]) == (200, "the plan is off since")
    assert run_json(capsys, *arguments.split()) == (0, expected)
    status, told = run_text(capsys, *arguments.split())
    assert told.splitlines()[-1].startswith("! The plan is off since")


def test_an_image_says_so_in_its_reason(estate: MemoryApp, capsys: pytest.CaptureFixture[str]) -> None:
    estate.change_plan(on=False, reason="wound up", actor="ann", request_id="r1")
    expected = ask(images.get_image, route={"registry": REGISTRY, "digest": digest(2)})[1]
    assert "the plan is off since" in expected["reason"]
    assert run_json(capsys, "image", REGISTRY, digest(2)) == (0, expected)


def test_what_nothing_is_recommended_for_is_counted(estate: MemoryApp, capsys: pytest.CaptureFixture[str]) -> None:
    remove_registry(estate, REGISTRY)
    expected = ask(images.list_recommendations)[1]
    assert (expected["value"], expected["leftOut"]["registries"]) == ([], [REGISTRY])
    assert run_json(capsys, "recommendations") == (0, expected)
    _, told = run_text(capsys, "recommendations")
    images_left_out = f"{expected['leftOut']['images']} unhealthy images of {REGISTRY}"
    assert told == f"! Left out, as their registries were removed: {images_left_out}.\n"


def test_figures_over_time_are_shown_as_tables(estate: MemoryApp, capsys: pytest.CaptureFixture[str]) -> None:
    status, told = run_text(capsys, "exposure", "--severity", "critical")
    lines = [line.split() for line in told.splitlines()]
    assert status == 0
    assert ["all", "0", "-", "-", "-", "3", "0", "0"] in lines
    oldest = ["2026-11-02T10:00:00Z", "critical", "CVE-1", "openssl", "3.0.1", f"{REGISTRY}/team/app1", "0" * 12]
    assert oldest in lines
    status, told = run_text(capsys, "trends", "--points", "1")
    assert status == 0
    assert told.splitlines()[1].split()[1:] == ["3", "0", "0", "1", "3", "1", "0", "1", "0", "1"]
