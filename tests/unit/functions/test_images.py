"""Images over HTTP."""

import base64
from typing import Any
from urllib.parse import urlsplit

import pytest

from functions import images
from shared.domain.criteria import Criteria
from shared.domain.events import FindingDisabled
from shared.domain.rules import RuleScope
from shared.domain.severity import Severity
from tests.support.examples import REGISTRY, at, digest, finding, package, push, report
from tests.support.memory_app import MemoryAdvisories, MemoryApp
from tests.support.triggers import ask

ONE = {"registry": REGISTRY, "digest": digest(1)}


def filled(app: MemoryApp, count: int = 3) -> None:
    hits = [finding("CVE-1"), finding("CVE-2", Severity.LOW), finding("CVE-3", of=package("zlib", ecosystem="npm"))]
    for number in range(1, count + 1):
        app.world.advisories = MemoryAdvisories(report=report(hits[:number]))
        app.record_push(push(f"e{number}", number, number, tag=f"v{number}"))
        app.work()


def pages(trigger: Any, path: str, route: dict[str, str] | None = None) -> list[Any]:
    """Follow the links of a list to its end."""
    found: list[Any] = []
    while path:
        status, body = ask(trigger, path, route=route)
        assert status == 200
        found += body["value"]
        parts = urlsplit(body.get("nextLink", ""))
        path = f"{parts.path}?{parts.query}" if parts.path else ""
    return found


def test_images_are_listed_worst_first(app: MemoryApp) -> None:
    filled(app)
    status, body = ask(images.list_images, "/api/images")
    assert status == 200
    assert [one["digest"] for one in body["value"]] == [digest(3), digest(2), digest(1)]
    assert "nextLink" not in body


@pytest.mark.parametrize("top", [1, 2, 3])
def test_pages_together_are_the_list(app: MemoryApp, top: int) -> None:
    filled(app)
    whole = pages(images.list_images, "/api/images")
    assert pages(images.list_images, f"/api/images?top={top}") == whole
    assert len(whole) == 3


@pytest.mark.parametrize(
    ("query", "count"),
    [
        (f"registry={REGISTRY}", 3),
        ("registry=fabrikam.azurecr.io", 0),
        ("repository=app", 3),
        ("repository=copy", 0),
        ("health=unhealthy", 3),
        ("health=healthy", 0),
        ("asOf=2026-11-02T09:00:00Z", 0),
    ],
)
def test_a_list_is_narrowed_by_its_query(app: MemoryApp, query: str, count: int) -> None:
    filled(app)
    status, body = ask(images.list_images, f"/api/images?{query}")
    assert (status, len(body["value"])) == (200, count)


@pytest.mark.parametrize(
    "query",
    [
        "registry=a/b",
        "repository=A",
        "health=sick",
        "asOf=then",
        "asOf=2026-11-02T10:06:00Z",
        "asOf=0001-01-01T00:00:00%2B14:00",
        "top=0",
        "skipToken=x",
    ],
)
def test_a_query_that_cannot_be_used_is_a_bad_request_that_names_it(app: MemoryApp, query: str) -> None:
    status, body = ask(images.list_images, f"/api/images?{query}")
    assert (status, body["error"]["code"]) == (400, "InvalidParameter")
    assert query.partition("=")[0] in body["error"]["message"]


@pytest.mark.parametrize(
    "key", ["[]", "[1,2]", '["0",0,0,0,0,0,"r","a","d"]', '[99999999999999999999,0,0,0,0,0,"r","a","d"]']
)
def test_a_token_of_another_list_is_a_bad_request(app: MemoryApp, key: str) -> None:
    token = base64.urlsafe_b64encode(key.encode()).decode().rstrip("=")
    status, body = ask(images.list_images, f"/api/images?skipToken={token}")
    assert (status, "skipToken" in body["error"]["message"]) == (400, True)


def test_one_image_is_shown_with_what_to_do(app: MemoryApp) -> None:
    filled(app)
    status, body = ask(images.get_image, route=ONE)
    assert (status, body["health"], body["charged"]) == (200, "unhealthy", True)
    assert [upgrade["package"] for upgrade in body["upgrades"]] == ["openssl"]


def test_findings_are_listed_in_pages(app: MemoryApp) -> None:
    filled(app)
    route = {**ONE, "digest": digest(3)}
    found = pages(images.list_findings, "/api/images/r/d/findings?top=2", route)
    assert [one["cve"] for one in found] == ["CVE-1", "CVE-3", "CVE-2"]
    assert {one["disabledBy"] for one in found} == {None}


@pytest.mark.parametrize("query", ["", "?asOf=2026-11-02T10:00:00Z"])
def test_a_list_without_findings_says_whether_that_is_good_news(app: MemoryApp, query: str) -> None:
    for number, told in enumerate((report([]), report([], ("no advisories for mystery 7",))), start=1):
        app.world.advisories = MemoryAdvisories(report=told)
        app.record_push(push(f"e{number}", number))
        app.work()
    listed = [ask(images.list_findings, f"/x{query}", route={**ONE, "digest": digest(number)})[1] for number in (1, 2)]
    assert listed == [
        {"value": [], "image": {"health": "healthy", "reason": ""}},
        {"value": [], "image": {"health": "not-assessed", "reason": "no advisories for mystery 7"}},
    ]


def test_the_history_is_listed_newest_first(app: MemoryApp) -> None:
    filled(app, 1)
    found = pages(images.list_history, "/api/images/r/d/history?top=2", ONE)
    assert [one["version"] for one in found] == [3, 2, 1]
    assert [one["type"] for one in found] == ["scan-completed", "scan-requested", "image-tagged"]


def test_the_history_tells_what_changed_the_health_and_its_pages_are_without_loss(app: MemoryApp) -> None:
    filled(app, 1)
    for number in range(3):
        app.world.clock.forward(minutes=1)
        rule = FindingDisabled(f"r{number}", RuleScope(), Criteria((f"CVE-{number}",)), "accepted", "sam")
        app.disable_findings.disable(rule)
    whole = pages(images.list_history, "/api/images/r/d/history", ONE)
    assert pages(images.list_history, "/api/images/r/d/history?top=1", ONE) == whole
    assert [(one["stream"], one["version"]) for one in whole] == [("rules", 2), *(("image", at) for at in (3, 2, 1))]
    change = whole[0]["health"]
    assert (change["from"], change["to"], change["because"][0]["kind"]) == ("unhealthy", "healthy", "rule-made")
    assert [found["after"]["disabledBy"] for found in change["findings"]] == ["r1"]


def test_recommendations_are_listed_in_pages_without_loss(app: MemoryApp) -> None:
    hits = [finding(f"CVE-{name}", of=package("same", ecosystem=name)) for name in ("npm", "PyPI", "Debian")]
    app.world.advisories = MemoryAdvisories(report=report(hits))
    app.record_push(push("e1"))
    app.work()
    found = pages(images.list_recommendations, "/api/recommendations?top=1")
    assert sorted(one["ecosystem"] for one in found) == ["Debian", "PyPI", "npm"]


@pytest.mark.parametrize("trigger", [images.get_image, images.list_findings, images.list_history])
def test_an_image_that_nobody_knows_is_not_found(app: MemoryApp, trigger: Any) -> None:
    status, body = ask(trigger, route=ONE)
    assert (status, body["error"]["code"]) == (404, "ImageNotFound")


@pytest.mark.parametrize("trigger", [images.get_image, images.list_findings, images.list_history])
@pytest.mark.parametrize("route", [{**ONE, "digest": "latest"}, {**ONE, "registry": "../x"}])
def test_a_name_that_follows_no_grammar_is_a_bad_request(app: MemoryApp, trigger: Any, route: dict[str, str]) -> None:
    assert ask(trigger, route=route)[0] == 400


def test_an_image_is_shown_as_it_was(app: MemoryApp) -> None:
    filled(app, 1)
    before = at(-1).isoformat().replace("+00:00", "Z")
    assert ask(images.get_image, f"/x?asOf={before}", route=ONE)[0] == 404
    assert ask(images.get_image, "/x?asOf=2026-11-02T10:00:00Z", route=ONE)[0] == 200
