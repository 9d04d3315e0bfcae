"""Findings over all images over HTTP."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import urlsplit

import pytest

from functions import findings
from shared.domain.criteria import Criteria
from shared.domain.events import FindingDisabled
from shared.domain.failures import FailureReason, ScanFailure
from shared.domain.packages import Platform
from shared.domain.rules import RuleScope
from shared.domain.severity import Severity
from tests.support.examples import REGISTRY, digest, finding, package, push, report
from tests.support.memory_app import MemoryAdvisories, MemoryApp
from tests.support.triggers import ask


@pytest.fixture
def filled(app: MemoryApp) -> MemoryApp:
    """Fill the app with three images, of which each has the flaws of the one before and one more."""
    hits = [
        finding("CVE-1", Severity.CRITICAL, aliases=("GHSA-1",)),
        finding("CVE-2", Severity.LOW, fixed_version=None),
        finding("CVE-3", of=package("zlib1g", "1.3", source="zlib")),
    ]
    for number in (1, 2, 3):
        app.world.advisories = MemoryAdvisories(report=report(hits[:number]))
        app.record_push(push(f"e{number}", number, number, tag=f"v{number}", repository=f"app{number}"))
        app.work()
    app.disable_findings.disable(
        FindingDisabled("r1", RuleScope(repository="app3"), Criteria(("CVE-2",)), "accepted", "sam")
    )
    app.work()
    return app


def found(query: str) -> list[tuple[str, str]]:
    status, body = ask(findings.find_findings, f"/api/findings?{query}")
    assert status == 200
    return [(one["cve"], one["image"]["repository"]) for one in body["value"]]


ALL = [
    ("CVE-1", "app1"),
    ("CVE-1", "app2"),
    ("CVE-1", "app3"),
    ("CVE-3", "app3"),
    ("CVE-2", "app2"),
    ("CVE-2", "app3"),
]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ALL),
        ("cve=cve-3", ALL[3:4]),
        ("cve=GHSA-1", ALL[:3]),
        ("cve=DEBIAN-CVE-2", ALL[4:]),
        ("cve=CVE-9", []),
        ("package=zlib", ALL[3:4]),
        ("package=ZLIB1G&version=1.3", ALL[3:4]),
        ("package=zlib&version=1.2", []),
        ("severity=critical", ALL[:3]),
        (f"registry={REGISTRY}&repository=app1", ALL[:1]),
        ("registry=fabrikam.azurecr.io", []),
        (f"digest={digest(2)}", [ALL[1], ALL[4]]),
        ("fixable=false", ALL[4:]),
        ("fixable=true&repository=app3", ALL[2:4]),
        ("disabled=true", ALL[5:]),
        ("disabled=false&cve=CVE-2", ALL[4:5]),
        ("asOf=2026-11-02T10:00:00Z&disabled=true", ALL[5:]),
        ("asOf=2026-11-02T09:00:00Z", []),
    ],
)
def test_findings_are_found_by_what_is_asked_for_worst_first(
    filled: MemoryApp, query: str, expected: list[tuple[str, str]]
) -> None:
    assert found(query) == expected


def test_a_finding_is_shown_whole_with_its_image_and_the_rule_that_disables_it(filled: MemoryApp) -> None:
    _, body = ask(findings.find_findings, "/api/findings?disabled=true")
    [one] = body["value"]
    assert one["image"] == {
        "registry": REGISTRY,
        "repository": "app3",
        "repositories": ["app3"],
        "tags": ["v3"],
        "digest": digest(3),
        "platform": "linux/amd64",
        "health": "unhealthy",
    }
    assert (one["disabledBy"], one["package"]["name"], one["fixedVersion"]) == ("r1", "openssl", None)
    assert "unreadable" not in body


@pytest.mark.parametrize("moment", ["", "&asOf=2026-11-02T10:00:00Z"])
@pytest.mark.parametrize("top", [1, 2, 4, 6])
def test_pages_together_are_the_list(filled: MemoryApp, top: int, moment: str) -> None:
    whole: list[Any] = []
    path = f"/api/findings?top={top}{moment}"
    while path:
        status, body = ask(findings.find_findings, path)
        assert (status, len(body["value"]) <= top) == (200, True)
        whole += [(one["cve"], one["image"]["repository"]) for one in body["value"]]
        parts = urlsplit(body.get("nextLink", ""))
        path = f"{parts.path}?{parts.query}" if parts.path else ""
    assert whole == ALL


@pytest.mark.parametrize("moment", ["", "&asOf=2026-11-02T10:00:00Z"])
def test_images_without_a_whole_answer_are_counted_where_they_may_have_what_is_looked_for(
    filled: MemoryApp, moment: str
) -> None:
    def unanswered(query: str) -> Any:
        return ask(findings.find_findings, f"/api/findings?{query}{moment}")[1]["unanswered"]

    assert unanswered("cve=CVE-9") == {"notAssessed": 0, "unsupported": 0}
    filled.world.registry.platform = Platform("windows", "amd64")
    filled.record_push(push("e7", 7, repository="app7"))
    filled.work()
    filled.world.registry.failure = ScanFailure(FailureReason.UNAUTHORIZED, "401")
    filled.record_push(push("e8", 8, repository="app8"))
    filled.work()
    assert unanswered("cve=CVE-9") == {"notAssessed": 1, "unsupported": 1}
    assert unanswered("repository=app8") == {"notAssessed": 1, "unsupported": 0}
    assert unanswered(f"digest={digest(7)}") == {"notAssessed": 0, "unsupported": 1}
    assert unanswered("registry=fabrikam.azurecr.io") == {"notAssessed": 0, "unsupported": 0}


def test_an_image_whose_report_is_lost_is_told_of(filled: MemoryApp) -> None:
    filled.containers["reports"].blobs.clear()
    _, body = ask(findings.find_findings, "/api/findings?cve=CVE-1&repository=app2")
    assert (body["value"], body["unreadable"]["count"]) == ([], 1)
    [image] = body["unreadable"]["images"]
    assert (image["digest"], "cannot be read" in image["reason"]) == (digest(2), True)


@pytest.mark.parametrize(
    "query",
    [
        "registry=a/b",
        "repository=A",
        "digest=latest",
        "severity=terrible",
        "fixable=yes",
        "disabled=1",
        f"cve={'x' * 1001}",
        "top=0",
        "asOf=then",
        "skipToken=x",
    ],
)
def test_a_query_that_cannot_be_used_is_a_bad_request_that_names_it(app: MemoryApp, query: str) -> None:
    status, body = ask(findings.find_findings, f"/api/findings?{query}")
    assert (status, body["error"]["code"]) == (400, "InvalidParameter")
    assert query.partition("=")[0] in body["error"]["message"]


@pytest.mark.parametrize(
    "token",
    [
        "[]",
        "[1]",
        '[0,-1.0,"a","b","c","d","e","f","g"]',
        '["0",-1.0,"a","b","c","d","e","f",0]',
        '[99999999999999999999,-1.0,"a","b","c","d","e","f",0]',
        '[0,"x","a","b","c","d","e","f",0]',
        '[0,1,0,0,0,0,"r","a","d",9]',
    ],
)
def test_a_token_of_another_list_is_a_bad_request(app: MemoryApp, token: str) -> None:
    text = base64.urlsafe_b64encode(token.encode()).decode().rstrip("=")
    status, body = ask(findings.find_findings, f"/api/findings?skipToken={text}")
    assert (status, "skipToken" in body["error"]["message"]) == (400, True)


def test_what_the_query_brings_is_only_ever_compared(filled: MemoryApp) -> None:
    assert found("cve=' OR 1=1 --") == found("package=%25") == found("version=*") == []
