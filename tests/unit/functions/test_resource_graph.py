"""Resource Graph over HTTP."""

from collections.abc import Iterator
from typing import Any

import pytest

from functions import resource_graph
from tests.support.examples import finding, push, report
from tests.support.memory_app import MemoryAdvisories, MemoryApp
from tests.support.triggers import ask

PATH = "/providers/Microsoft.ResourceGraph/resources?api-version=2022-10-01"
FINDINGS = "securityresources | where type == 'microsoft.security/assessments/subassessments'"
DETAILED = FINDINGS + " | where id contains 'c0b7cfc6-3172-465a-b378-53c7ff2cc0d5'"


@pytest.fixture(autouse=True)
def server(app: MemoryApp) -> Iterator[None]:
    yield
    app.query_resource_graph.sandbox.server.close()


def query(text: str, path: str = PATH, **body: Any) -> tuple[int, dict[str, Any]]:
    status, answer = ask(resource_graph.query_resources, path, method="POST", body={"query": text, **body})
    return status, answer


def found(text: str, **body: Any) -> list[dict[str, Any]]:
    status, answer = query(text, **body)
    assert status == 200, answer
    rows: list[dict[str, Any]] = answer["data"]
    return rows


def detail(text: str) -> dict[str, Any]:
    status, answer = query(text)
    assert (status, answer["error"]["code"]) == (400, "BadRequest")
    assert answer["error"]["message"].startswith("Please provide below info when asking for support: timestamp = ")
    last: dict[str, Any] = answer["error"]["details"][-1]
    return last


@pytest.fixture
def scanned(app: MemoryApp) -> MemoryApp:
    app.world.advisories = MemoryAdvisories(report=report([finding("CVE-1"), finding("CVE-2")]))
    app.record_push(push("e1"))
    app.work()
    return app


def test_findings_are_rows(scanned: MemoryApp) -> None:
    rows = found(DETAILED + " | project cve = tostring(properties.id) | order by cve asc")
    assert rows == [{"cve": "CVE-1"}, {"cve": "CVE-2"}]


def test_an_image_that_is_scanned_shows_in_the_next_query(scanned: MemoryApp) -> None:
    assert found(DETAILED + " | count") == [{"Count": 2}]
    scanned.world.advisories = MemoryAdvisories("snapshot-2", report([finding("CVE-3")]))
    scanned.record_push(push("e2", number=2))
    scanned.work()
    assert found(DETAILED + " | count") == [{"Count": 3}]


def test_a_syntax_error_tells_where_it_is(app: MemoryApp) -> None:
    assert detail("securityresources\n| where type == ") == {
        "code": "ParserFailure",
        "message": "ParserFailure",
        "line": 2,
        "characterPositionInLine": 16,
        "token": "<EOF>",
        "expectedToken": "an expression",
    }


def test_pages_follow_tokens(scanned: MemoryApp) -> None:
    text = FINDINGS + " | project id | order by id asc"
    whole = found(text)
    status, first = query(text, options={"$top": 3})
    assert (status, first["count"], first["totalRecords"], first["resultTruncated"]) == (200, 3, 4, "false")
    status, second = query(text, options={"$skipToken": first["$skipToken"]})
    assert [*first["data"], *second["data"]] == whole
    assert "$skipToken" not in second
