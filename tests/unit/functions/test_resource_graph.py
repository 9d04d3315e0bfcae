"""Resource Graph over HTTP: requests, pages, formats, facets, quotas and errors."""

from collections.abc import Iterator
from typing import Any

import pytest

from functions import resource_graph
from shared.domain.severity import Severity
from tests.support.examples import digest, finding, package, push, report
from tests.support.memory_app import MemoryAdvisories, MemoryApp
from tests.support.triggers import ask

PATH = "/providers/Microsoft.ResourceGraph/resources?api-version="
FINDINGS = "securityresources | where type == 'microsoft.security/assessments/subassessments'"
DETAILED = FINDINGS + " | where id contains 'c0b7cfc6-3172-465a-b378-53c7ff2cc0d5'"
FLAWS = (finding("CVE-1"), finding("CVE-2", Severity.CRITICAL), finding("CVE-3", of=package("zlib", "1.2")))


@pytest.fixture(autouse=True)
def server(app: MemoryApp) -> Iterator[None]:
    yield
    app.query_resource_graph.sandbox.server.close()


@pytest.fixture
def scanned(app: MemoryApp) -> MemoryApp:
    app.world.advisories = MemoryAdvisories(report=report(FLAWS))
    app.record_push(push("e1"))
    app.work()
    return app


def send(text: str, version: str = "2022-10-01", **body: Any) -> tuple[int, dict[str, Any]]:
    answer = ask(resource_graph.query_resources, PATH + version, method="POST", body={"query": text, **body})
    return answer[0], answer[1]


def found(text: str, **body: Any) -> Any:
    status, answer = send(text, **body)
    assert status == 200, answer
    return answer["data"]


def detail(text: str) -> dict[str, Any]:
    status, answer = send(text)
    assert (status, answer["error"]["code"]) == (400, "BadRequest")
    assert answer["error"]["message"].startswith("Please provide below info when asking for support: timestamp = ")
    last: dict[str, Any] = answer["error"]["details"][-1]
    return last


def test_findings_are_rows(scanned: MemoryApp) -> None:
    rows = found(DETAILED + " | project cve = tostring(properties.id) | order by cve asc")
    assert rows == [{"cve": "CVE-1"}, {"cve": "CVE-2"}, {"cve": "CVE-3"}]


def test_what_was_scanned_meanwhile_shows_in_the_next_query(scanned: MemoryApp) -> None:
    count = DETAILED + " | summarize n = count() by tostring(properties.additionalData.artifactDetails.digest)"
    name = "properties_additionalData_artifactDetails_digest"
    assert found(count) == [{name: digest(1), "n": 3}]
    scanned.world.advisories = MemoryAdvisories("snapshot-2", report(FLAWS[:1]))
    scanned.record_push(push("e2", number=2))
    scanned.work()
    assert found(count + f" | order by {name} asc") == [{name: digest(1), "n": 3}, {name: digest(2), "n": 1}]


def test_a_query_that_names_an_image_gives_what_the_whole_table_gives(scanned: MemoryApp) -> None:
    scanned.record_push(push("e2", number=2))
    scanned.work()
    slot = "properties.additionalData.artifactDetails.digest"
    named = found(f"{DETAILED} | where {slot} == '{digest(2)}' | project id | order by id asc")
    assert named == found(f"{DETAILED} | where {slot} endswith '{digest(2)[7:]}' | project id | order by id asc")
    assert len(named) == 3


def test_the_other_tables_have_rows(scanned: MemoryApp) -> None:
    assert found("resources | project properties.loginServer") == [{"properties_loginServer": "contoso.azurecr.io"}]
    assert found("ResourceContainers | summarize n = count() by type | where n > 0") != []
    assert found("policyresources | count") == [{"Count": 0}]
    scores = "securityresources | where type == 'microsoft.security/securescores' | count"
    assert found(scores) == [{"Count": 1}]


def test_rows_of_other_subscriptions_are_left_out(scanned: MemoryApp) -> None:
    mine = found("resources | distinct subscriptionId")[0]["subscriptionId"]
    assert found("resources | count", subscriptions=[mine.upper()]) == [{"Count": 1}]
    assert found("resources | count", subscriptions=["11111111-1111-1111-1111-111111111111"]) == [{"Count": 0}]
    assert found("resources | count", subscriptions=[], managementGroups=["root"]) == [{"Count": 1}]


def test_pages_follow_tokens(scanned: MemoryApp) -> None:
    text = FINDINGS + " | project id | order by id asc"
    whole = found(text)
    _, first = send(text, options={"$top": 4})
    assert (first["count"], first["totalRecords"], first["resultTruncated"]) == (4, 6, "false")
    assert first["$skipToken"].isascii()
    _, second = send(text, options={"$skipToken": first["$skipToken"]})
    assert [*first["data"], *second["data"]] == whole
    assert "$skipToken" not in second


def test_a_token_belongs_to_its_query_and_scope(scanned: MemoryApp) -> None:
    _, first = send(FINDINGS, options={"$top": 1})
    options = {"$skipToken": first["$skipToken"]}
    for body in ({"text": DETAILED}, {"text": FINDINGS, "subscriptions": ["x"]}):
        status, answer = send(**body, options=options)
        assert (status, answer["error"]["code"]) == (400, "InvalidParameter")
    assert send(FINDINGS, options={"$skipToken": "!!"})[0] == 400


def test_without_an_id_there_is_no_token_and_the_answer_says_that_it_is_cut(scanned: MemoryApp) -> None:
    _, answer = send(FINDINGS + " | project name", options={"$top": 2})
    assert (answer["resultTruncated"], "$skipToken" in answer) == ("true", False)


def test_skip_is_void_where_the_query_has_a_limit(scanned: MemoryApp) -> None:
    text = FINDINGS + " | project id | order by id asc"
    whole = found(text)
    assert found(text, options={"$skip": 2}) == whole[2:]
    assert found(text + " | limit 3", options={"$skip": 2}) == whole[:3]


def test_a_table_has_columns_with_types_and_rows(scanned: MemoryApp) -> None:
    text = "resources | project name, n = 1, r = 1.5, b = true, properties, at = now() | take 1"
    _, answer = send(text, options={"resultFormat": "table"})
    types = {column["name"]: column["type"] for column in answer["data"]["columns"]}
    wanted = {"name": "string", "n": "integer", "r": "number", "b": "boolean", "properties": "object", "at": "string"}
    assert types == wanted
    assert answer["data"]["rows"][0][:4] == ["contoso", 1, 1.5, True]
    _, newer = send(text, "2024-04-01", options={"resultFormat": "table"})
    assert newer["data"]["columns"][-1] == {"name": "at", "type": "datetime"}


def test_the_oldest_version_answers_with_a_table(scanned: MemoryApp) -> None:
    assert "columns" in send("resources | project name", "2019-04-01")[1]["data"]
    assert send("resources | project name", "2021-03-01")[1]["data"] == [{"name": "contoso"}]


def test_facets_count_values_and_tell_of_columns_that_are_not_there(scanned: MemoryApp) -> None:
    text = DETAILED + " | project severity = tostring(properties.status.severity)"
    _, answer = send(text, facets=[{"expression": "severity"}, {"expression": "x"}])
    severities, missing = answer["facets"]
    assert severities["data"] == [{"severity": "High", "count": 2}, {"severity": "Critical", "count": 1}]
    assert (severities["resultType"], severities["totalRecords"], severities["count"]) == ("FacetResult", 2, 2)
    assert missing["resultType"] == "FacetError"
    assert [error["code"] for error in missing["errors"]] == ["NoValidColumns", "InvalidColumnNames"]
    options = {"sortBy": "severity", "sortOrder": "asc", "filter": "i", "$top": 1}
    _, answer = send(text, facets=[{"expression": "severity", "options": options}])
    assert answer["facets"][0]["data"] == [{"severity": "Critical", "count": 1}]


def test_a_caller_has_fifteen_queries_in_five_seconds(app: MemoryApp) -> None:
    for _ in range(15):
        assert send("resources | (")[0] == 400
    status, answer = send("resources | count")
    assert (status, answer["error"]["code"]) == (429, "RateLimiting")


def test_a_syntax_error_tells_where_it_is(app: MemoryApp) -> None:
    assert detail("securityresources\n| where type == ") == {
        "code": "ParserFailure",
        "message": "ParserFailure",
        "line": 2,
        "characterPositionInLine": 16,
        "token": "<EOF>",
        "expectedToken": "an expression",
    }


def test_a_text_that_does_not_end_tells_which_quote_is_missing(app: MemoryApp) -> None:
    told = detail("resources | where type == ' and x")
    assert (told["characterPositionInLine"], told["token"], told["expectedToken"]) == (26, "' and x", "'")


@pytest.mark.parametrize("name", ["evaluate", "lookup", "sample", "invoke", "make-series", "getschema"])
def test_an_operator_that_is_not_supported_is_named(app: MemoryApp, name: str) -> None:
    told = detail(f"resources | {name} x")
    assert (told["code"], told["token"]) == ("InvalidQueryLanguage", name)
    assert (told["line"], told["characterPositionInLine"]) == (-1, -1)


def test_an_unknown_table_has_a_code_of_its_own(app: MemoryApp) -> None:
    status, answer = send("secrets | take 1")
    assert status == 400
    [told] = answer["error"]["details"]
    assert told["code"] == "DisallowedLogicalTableName"
    assert told["message"] == "Table secrets is invalid, unsupported or disallowed."


@pytest.mark.parametrize(
    ("text", "message", "at"),
    [
        ("resources | where nme == 'x'", "Failed to resolve scalar expression named 'nme'", 18),
        ("resources | extend a = nothing(1)", "Unknown function: 'nothing'.", 23),
        ("resources | where name == 5", "Cannot compare values of types string and long.", 23),
        ("resources | project name.x", "a string has no slots", 24),
        ("resources | extend a = name + 'x'", "Use strcat()", 28),
        ("resources | summarize n = count(), n = count()", "two columns have the name 'n'", 39),
    ],
)
def test_what_does_not_resolve_is_an_invalid_query(app: MemoryApp, text: str, message: str, at: int) -> None:
    told = detail(text)
    assert told["code"] == "InvalidQuery"
    assert message in told["message"]
    assert (told["line"], told["characterPositionInLine"]) == (1, at)


@pytest.mark.parametrize(
    "body", [{}, {"query": 1}, {"query": "x", "options": {"$top": 0}}, {"query": "x", "options": {"$top": 1001}}, []]
)
def test_a_body_of_another_shape_is_refused(app: MemoryApp, body: Any) -> None:
    status, answer = ask(resource_graph.query_resources, PATH + "2021-03-01", method="POST", body=body or b"[]")
    assert (status, answer["error"]["code"]) == (400, "BadRequest")
