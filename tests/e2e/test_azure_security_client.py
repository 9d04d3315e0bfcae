"""The SDK of Azure, and plain calls as ``az rest`` makes them, against the running product with its samples."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest
import urllib3
from azure.core.credentials import AccessToken
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.mgmt.security import SecurityCenter

from tests.support.local_start import LocalStart

SUBSCRIPTION = "00000000-0000-0000-0000-000000000000"
IN_SUBSCRIPTION = f"/subscriptions/{SUBSCRIPTION}"
REGISTRY = f"{IN_SUBSCRIPTION}/resourceGroups/local/providers/Microsoft.ContainerRegistry/registries/local"
CLASSIC = "dbd0cb49-b563-45e7-9724-889e799fa648"
DETAILED = "c0b7cfc6-3172-465a-b378-53c7ff2cc0d5"
SUB = "api-version=2019-01-01-preview"
# The client sends a token over TLS only, unless it is told otherwise at every call.
PLAIN: dict[str, Any] = {"enforce_https": False}


class NoCredential:
    """A credential of nobody: on this machine nobody is asked for one."""

    def get_token(self, *scopes: str, **options: Any) -> AccessToken:
        return AccessToken("none", int(time.time()) + 3600)


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStart]:
    folder = tmp_path_factory.mktemp("azure")
    with LocalStart(folder, [sys.executable, "-m", "local"], {"OSV_BASE": str(folder)}) as running:
        running.run().await_output("Images: 6")
        yield running


@pytest.fixture(scope="module")
def client(start: LocalStart) -> Iterator[SecurityCenter]:
    with SecurityCenter(NoCredential(), SUBSCRIPTION, base_url=f"http://127.0.0.1:{start.port}") as made:
        yield made


@pytest.fixture
def get(start: LocalStart) -> Any:
    """Ask as ``az rest`` does: a path and a query, and no function key."""

    def ask(path: str) -> tuple[int, Any]:
        url = path if path.startswith("http") else f"http://127.0.0.1:{start.port}{path}"
        answer = urllib3.request("GET", url, headers={"Authorization": "Bearer none"}, timeout=60.0, retries=False)
        return answer.status, answer.json()

    return ask


def findings(get: Any) -> list[tuple[str, str]]:
    """Return every finding of the native API with the digest of its image."""
    images = get("/api/images")[1]["value"]
    paths = [(image["digest"], f"/api/images/{image['registry']}/{image['digest']}/findings") for image in images]
    return sorted((digest, one["cve"] or one["id"]) for digest, path in paths for one in get(path)[1]["value"])


def test_the_classic_findings_are_those_of_the_native_api_in_pages(client: SecurityCenter, get: Any) -> None:
    listed = client.sub_assessments.list(IN_SUBSCRIPTION, CLASSIC, params={"$top": "2"}, **PLAIN)
    pages = [list(page) for page in listed.by_page()]
    found = [one for page in pages for one in page]

    assert len(pages) >= 3
    assert all(len(page) == 2 for page in pages[:-1])
    assert len({one.name for one in found}) == len(found) == len(findings(get))
    digests = sorted(one.additional_data.image_digest for one in found)
    assert digests == [digest for digest, _ in findings(get)]


def test_one_classic_finding_is_read_by_its_name_as_the_client_types_it(client: SecurityCenter) -> None:
    listed = next(iter(client.sub_assessments.list(REGISTRY, CLASSIC, **PLAIN)))
    found = client.sub_assessments.get(REGISTRY, CLASSIC, listed.name, **PLAIN)

    assert found.as_dict() == listed.as_dict()
    details = found.additional_data
    assert type(details).__name__ == "ContainerRegistryVulnerabilityProperties"
    assert details.repository_name == "samples/shop"
    assert details.cve[0].title == found.id_properties_id
    assert found.status.code == "Unhealthy"
    assert found.status.severity in ("Critical", "High", "Medium", "Low")
    assert found.time_generated.tzinfo is not None
    assert found.resource_details.id == f"{REGISTRY}/repositories/samples/shop/images/{details.image_digest}"


def test_one_detailed_finding_has_artifact_software_and_vulnerability(client: SecurityCenter) -> None:
    listed = next(iter(client.sub_assessments.list(REGISTRY, DETAILED, **PLAIN)))
    found = client.sub_assessments.get(REGISTRY, DETAILED, listed.name, **PLAIN)

    # This version of the SDK has no model for the schema, and keeps all of it as it came.
    details = found.additional_data.additional_properties
    assert details["vulnerabilityDetails"]["cveId"] == found.id_properties_id
    assert details["artifactDetails"]["repositoryName"] == "samples/shop"
    assert details["softwareDetails"]["category"] == "OS"
    assert details["softwareDetails"]["osDetails"]["osPlatform"] == "linux"


def test_the_list_of_all_holds_each_finding_under_both_recommendations(client: SecurityCenter, get: Any) -> None:
    every = list(client.sub_assessments.list_all(IN_SUBSCRIPTION, params={"$top": "3"}, **PLAIN))

    assert len({one.id for one in every}) == len(every) == 2 * len(findings(get))


def test_what_is_not_there_is_an_error_that_the_client_knows(client: SecurityCenter) -> None:
    nobody = "11111111-1111-8111-8111-111111111111"
    with pytest.raises(ResourceNotFoundError) as missing:
        client.sub_assessments.get(REGISTRY, CLASSIC, nobody, **PLAIN)
    assert missing.value.error is not None
    assert missing.value.error.code == "SubAssessmentNotFound"
    with pytest.raises(ResourceNotFoundError, match="is not watched"):
        list(client.sub_assessments.list(f"/subscriptions/{nobody}", CLASSIC, **PLAIN))
    with pytest.raises(HttpResponseError, match="expand"):
        client.assessments.get(REGISTRY, CLASSIC, expand="everything", **PLAIN)


def test_assessments_are_listed_and_read(client: SecurityCenter) -> None:
    listed = list(client.assessments.list(IN_SUBSCRIPTION, **PLAIN))
    assert {one.name for one in listed} == {CLASSIC, DETAILED}
    for one in listed:
        found = client.assessments.get(REGISTRY, one.name, expand="metadata", **PLAIN)
        assert found.id == f"{REGISTRY}/providers/Microsoft.Security/assessments/{one.name}"
        assert found.status.code == "Unhealthy"
        assert found.metadata.severity == "High"
        assert found.display_name == found.metadata.display_name
        assert found.additional_data["subAssessmentsLink"] == f"{found.id}/subAssessments"
        assert one.metadata is None


def test_metadata_of_assessments_is_listed_and_read(client: SecurityCenter) -> None:
    [classic] = [one for one in client.assessments_metadata.list(**PLAIN) if one.name == CLASSIC]
    assert classic.display_name == "Container registry images should have vulnerability findings resolved"
    assert client.assessments_metadata.get(CLASSIC, **PLAIN).as_dict() == classic.as_dict()
    assert len(list(client.assessments_metadata.list_by_subscription(**PLAIN))) == 2


def test_the_secure_score_follows_from_the_images(client: SecurityCenter, get: Any) -> None:
    healths = [image["health"] for image in get("/api/images")[1]["value"]]
    counted = len(healths) - healths.count("unsupported")
    share = healths.count("healthy") / counted

    [score] = client.secure_scores.list(**PLAIN)
    [control] = client.secure_score_controls.list_by_secure_score("ascScore", expand="definition", **PLAIN)

    assert (score.max, score.weight) == (6, counted)
    assert score.percentage == pytest.approx(share, abs=0.0001)
    assert score.current == pytest.approx(6 * share, abs=0.01)
    assert client.secure_scores.get("ascScore", **PLAIN).as_dict() == score.as_dict()
    assert control.display_name == "Remediate vulnerabilities"
    assert (control.healthy_resource_count, control.unhealthy_resource_count) == (2, 3)
    assert control.not_applicable_resource_count == healths.count("unsupported")
    assert {one.id.rpartition("/")[2] for one in control.definition.assessment_definitions} == {CLASSIC, DETAILED}
    assert len(list(client.secure_score_controls.list(**PLAIN))) == 1
    assert len(list(client.secure_score_control_definitions.list(**PLAIN))) == 1


def test_a_finding_that_a_rule_disables_is_exempt_until_the_rule_is_withdrawn(
    client: SecurityCenter, start: LocalStart
) -> None:
    def statuses() -> set[tuple[str, str]]:
        # In all images: what follows must not read while some of them still change.
        listed = client.sub_assessments.list(REGISTRY, DETAILED, **PLAIN)
        return {(found.status.code, found.status.cause) for found in listed if found.id_properties_id == flaw}

    one = next(iter(client.sub_assessments.list(REGISTRY, DETAILED, **PLAIN)))
    flaw = one.id_properties_id
    rules = f"http://127.0.0.1:{start.port}/api/rules"
    body = {"criteria": {"cves": [flaw]}, "reason": "not reachable", "author": "tests"}
    made = urllib3.request("POST", rules, json=body, timeout=60.0, retries=False).json()
    start.await_that(lambda: statuses() == {("NotApplicable", "Exempt")})
    urllib3.request("DELETE", f"{rules}/{made['id']}", timeout=60.0, retries=False)
    start.await_that(lambda: statuses() == {("Unhealthy", "")})


def test_every_scope_and_any_case_gives_the_same_findings(get: Any) -> None:
    scopes = [
        IN_SUBSCRIPTION,
        f"{IN_SUBSCRIPTION}/resourceGroups/local",
        REGISTRY,
        REGISTRY.upper(),
        "/providers/Microsoft.Management/managementGroups/anything",
    ]
    path = f"providers/Microsoft.Security/assessments/{DETAILED}/subAssessments?{SUB}"
    answers = [get(f"{scope}/{path}") for scope in scopes]

    assert {status for status, _ in answers} == {200}
    assert all(body == answers[0][1] for _, body in answers)
    assert answers[0][1]["value"]


def test_the_next_link_is_absolute_and_leads_through_all_pages(get: Any) -> None:
    link = f"{REGISTRY}/providers/Microsoft.Security/subAssessments?{SUB}&$top=5"
    names: list[str] = []
    while link:
        status, body = get(link)
        assert status == 200
        names += [one["id"] for one in body["value"]]
        link = body.get("nextLink", "")
        assert not link or link.startswith("http://127.0.0.1:")
    assert len(set(names)) == len(names) > 5


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        (f"{IN_SUBSCRIPTION}/providers/Microsoft.Security/assessments", 400, "MissingApiVersionParameter"),
        (
            f"{IN_SUBSCRIPTION}/providers/Microsoft.Security/assessments?api-version=1999-01-01",
            400,
            "InvalidApiVersionParameter",
        ),
        (f"{IN_SUBSCRIPTION}/providers/Microsoft.Security/nothing?{SUB}", 404, "InvalidResourceType"),
        (f"{IN_SUBSCRIPTION}/providers/Microsoft.Security/subAssessments?{SUB}&$skipToken=x", 400, "InvalidParameter"),
        (f"{REGISTRY}x/providers/Microsoft.Security/subAssessments?{SUB}", 404, "ResourceNotFound"),
    ],
)
def test_a_wrong_request_is_told_by_its_code(get: Any, path: str, status: int, code: str) -> None:
    found, body = get(path)
    assert (found, body["error"]["code"]) == (status, code)
    assert body["error"]["message"]
