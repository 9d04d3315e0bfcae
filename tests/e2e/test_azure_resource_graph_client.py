"""The SDK of Azure for Resource Graph against the running product with its samples."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import urllib3
from azure.core.credentials import AccessToken
from azure.core.exceptions import HttpResponseError
from azure.core.pipeline.policies import RetryPolicy
from azure.mgmt.resourcegraph import ResourceGraphClient
from azure.mgmt.resourcegraph.models import FacetRequest, QueryRequest, QueryRequestOptions

from shared.services.query_quota import QUERIES, SECONDS
from tests.support.local_start import LocalStart

SUBSCRIPTION = "00000000-0000-0000-0000-000000000000"
FINDINGS = "securityresources | where type == 'microsoft.security/assessments/subassessments'"
DETAILED = FINDINGS + " | where id has 'c0b7cfc6-3172-465a-b378-53c7ff2cc0d5'"
# The client sends a token over TLS only, unless it is told otherwise at every call.
PLAIN: dict[str, Any] = {"enforce_https": False}
_AT_A_TIME = QUERIES + 1


class NoCredential:
    """A credential of nobody: on this machine nobody is asked for one."""

    def get_token(self, *scopes: str, **options: Any) -> AccessToken:
        return AccessToken("none", int(time.time()) + 3600)


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStart]:
    folder = tmp_path_factory.mktemp("graph")
    with LocalStart(folder, [sys.executable, "-m", "local"], {"OSV_BASE": str(folder)}) as running:
        running.run().await_output("Images: 6")
        yield running


@pytest.fixture(scope="module")
def client(start: LocalStart) -> Iterator[ResourceGraphClient]:
    with ResourceGraphClient(NoCredential(), base_url=f"http://127.0.0.1:{start.port}") as made:
        yield made


def query(client: ResourceGraphClient, text: str, facets: Any = None, **options: Any) -> Any:
    chosen = QueryRequestOptions(**options)
    request = QueryRequest(query=text, subscriptions=[SUBSCRIPTION], options=chosen, facets=facets)
    return client.resources(request, **PLAIN)


def native(start: LocalStart) -> list[str]:
    """Return the digest of the image of every finding of the native API."""
    url = f"http://127.0.0.1:{start.port}/api/findings?top=1000"
    value = urllib3.request("GET", url, timeout=60.0, retries=False).json()["value"]
    return sorted(one["image"]["digest"] for one in value)


def test_findings_are_those_of_the_native_api(client: ResourceGraphClient, start: LocalStart) -> None:
    digests = " | project digest = tostring(properties.additionalData.artifactDetails.digest) | order by digest asc"
    answer = query(client, DETAILED + digests)

    assert [row["digest"] for row in answer.data] == native(start) != []
    assert (answer.result_truncated, answer.count, answer.total_records) == ("false", *[len(answer.data)] * 2)


@pytest.mark.parametrize("form", ["objectArray", "table"])
def test_pages_in_either_format_make_up_the_whole(client: ResourceGraphClient, form: str) -> None:
    text = FINDINGS + " | project id, name | order by id asc"
    whole = [row["id"] for row in query(client, text).data]
    found: list[str] = []
    token, pages = None, 0
    while token or not pages:
        answer = query(client, text, top=5, skip_token=token, result_format=form)
        rows = answer.data if form == "objectArray" else answer.data["rows"]
        found += [row["id"] if form == "objectArray" else row[0] for row in rows]
        token, pages = answer.skip_token, pages + 1

    assert found == whole
    assert pages == -(-len(whole) // 5)


def test_facets_are_typed(client: ResourceGraphClient) -> None:
    text = DETAILED + " | extend severity = tostring(properties.status.severity)"
    facets = [FacetRequest(expression="severity"), FacetRequest(expression="nothing")]
    good, bad = query(client, text, facets).facets

    assert (good.result_type, bad.result_type) == ("FacetResult", "FacetError")
    assert sum(one["count"] for one in good.data) == query(client, text).total_records
    assert [error.code for error in bad.errors] == ["NoValidColumns", "InvalidColumnNames"]


def test_a_syntax_error_is_read_with_its_place(client: ResourceGraphClient) -> None:
    with pytest.raises(HttpResponseError) as refused:
        query(client, "securityresources | where type contains")

    assert refused.value.status_code == 400
    assert refused.value.error is not None
    assert refused.value.error.code == "BadRequest"
    assert refused.value.model is not None
    first, second = refused.value.model.error.details
    assert (first.code, second.code) == ("InvalidQuery", "ParserFailure")
    told = second.additional_properties
    assert (told["line"], told["characterPositionInLine"], told["token"]) == (1, 39, "<EOF>")


def ask(start: LocalStart, body: Any) -> urllib3.BaseHTTPResponse:
    """Ask without the client, which would wait and ask again."""
    address = f"http://127.0.0.1:{start.port}/providers/Microsoft.ResourceGraph/resources"
    return urllib3.request("POST", address, json=body, retries=False, timeout=60.0)


def refusal(start: LocalStart) -> urllib3.BaseHTTPResponse:
    """Ask, many at a time so that a slow machine comes that far too, until an answer says that it was too often."""
    deadline = time.monotonic() + 120
    with ThreadPoolExecutor(_AT_A_TIME) as callers:
        while time.monotonic() < deadline:
            # What is no query costs next to nothing to answer, and counts.
            answers = callers.map(lambda body: ask(start, body), [[]] * _AT_A_TIME)
            if refused := [answer for answer in answers if answer.status == 429]:
                return refused[0]
    raise AssertionError("asked for 120 s and was never refused")


def test_the_answer_to_a_wrong_query_tells_what_is_left(start: LocalStart) -> None:
    answers = [ask(start, {"query": "print ("})]
    while answers[-1].status == 429:
        time.sleep(int(answers[-1].headers["Retry-After"]))
        answers.append(ask(start, {"query": "print ("}))

    assert answers[-1].status == 400
    assert {"x-ms-user-quota-remaining", "x-ms-user-quota-resets-after"} <= set(map(str.lower, answers[-1].headers))


def test_a_caller_who_asks_too_often_is_told_when_to_come_again(start: LocalStart) -> None:
    refused = refusal(start)

    assert refused.json()["error"]["code"] == "RateLimiting"
    assert 1 <= int(refused.headers["Retry-After"]) <= SECONDS


def test_the_client_waits_and_asks_again(client: ResourceGraphClient, start: LocalStart) -> None:
    refusal(start)
    assert query(client, "resources | count").data == [{"Count": 1}]


def test_without_retries_the_client_sees_the_refusal(start: LocalStart) -> None:
    never = RetryPolicy.no_retries()
    with ResourceGraphClient(NoCredential(), base_url=f"http://127.0.0.1:{start.port}", retry_policy=never) as made:
        start.await_that(lambda: _status(made) == 200)
        start.await_that(lambda: bool(refusal(start)) and _status(made) == 429)


def _status(client: ResourceGraphClient) -> int | None:
    try:
        query(client, "resources | count")
    except HttpResponseError as refused:
        return refused.status_code
    return 200
