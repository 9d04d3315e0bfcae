"""Requests and their answers: pages, versions, and every path of the table."""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.api.arm.operations import respond
from shared.api.arm.recommendations import Recommendation
from shared.api.arm.requests import ArmRequest
from shared.api.errors import ApiError
from shared.domain.image_health import Health
from shared.services.query_estate import Estate
from tests.support.estates import RESOURCE, SUBSCRIPTION, estate, health, judged
from tests.support.examples import digest, finding

SUB, NEW = "2019-01-01-preview", "2021-06-01"
HOST = "https://plimsoll.example"
FINDINGS = [judged(finding(f"CVE-2026-{number:04}")) for number in range(6)]
ESTATE = estate({digest(1): FINDINGS[:3], digest(2): FINDINGS}, [health(1), health(2), health(3, Health.HEALTHY)])
SECURITY = "/providers/Microsoft.Security"
IN = f"/subscriptions/{SUBSCRIPTION}{SECURITY}"
ONE = RESOURCE.id + SECURITY
KEY = Recommendation.DETAILED


def get(path: str, of: Estate = ESTATE) -> dict[str, Any]:
    """Ask for a path with its query."""
    parts = urlsplit(HOST + path)
    request = ArmRequest.parse(parts.path, dict(parse_qsl(parts.query)), HOST + path)
    return respond(request, lambda: of)


def refused(path: str) -> tuple[int, str]:
    with pytest.raises(ApiError) as error:
        get(path)
    return error.value.status, error.value.code


def follow(path: str, of: Estate = ESTATE) -> list[list[dict[str, Any]]]:
    """Read all pages as a client does."""
    pages = []
    while path:
        answer = get(path, of)
        pages.append(answer["value"])
        path = answer.get("nextLink", "").removeprefix(HOST)
    return pages


IMAGES = st.dictionaries(
    st.integers(1, 9),
    st.tuples(st.sets(st.integers(0, 5), max_size=6), st.sets(st.sampled_from(["a", "b/c", "d"]), min_size=1)),
    max_size=5,
)


@settings(deadline=None)
@given(IMAGES, st.integers(1, 7), st.booleans())
def test_every_finding_is_listed_once_over_all_pages(
    images: dict[int, tuple[set[int], set[str]]], top: int, both: bool
) -> None:
    found = {digest(number): [FINDINGS[one] for one in chosen] for number, (chosen, _) in images.items()}
    healths = [health(number, repositories=tuple(names)) for number, (_, names) in images.items()]
    path = f"{IN}/subAssessments" if both else f"{IN}/assessments/{KEY}/subAssessments"
    pages = follow(f"{path}?api-version={SUB}&$top={top}", estate(found, healths))
    listed = [one["id"] for page in pages for one in page]
    expected = sum(len(chosen) * len(names) for chosen, names in images.values()) * (2 if both else 1)
    assert len(set(listed)) == len(listed) == expected
    assert all(len(page) == top for page in pages[:-1])


def test_names_stay_when_a_rescan_finds_the_same_in_another_order_or_beside_more() -> None:
    again = estate({digest(1): [FINDINGS[5], *FINDINGS[2::-1]], digest(2): FINDINGS}, [health(2), health(1)])
    path = f"{ONE}/assessments/{KEY}/subAssessments?api-version={SUB}"
    before, after = ({one["id"] for one in get(path, of)["value"]} for of in (ESTATE, again))
    assert before < after
    assert len(after - before) == 1


def test_findings_that_come_or_go_between_two_pages_neither_repeat_nor_hide_those_that_stay() -> None:
    path = f"{IN}/assessments/{KEY}/subAssessments?api-version={SUB}&$top=4"
    first = get(path)
    fewer = estate({digest(2): FINDINGS[:5]}, [health(2)])
    listed = [one["id"] for one in first["value"]]
    rest = follow(first["nextLink"].removeprefix(HOST), fewer)
    listed += [one["id"] for page in rest for one in page]
    assert len(set(listed)) == len(listed)
    assert {one["id"] for one in get(path.partition("&")[0], fewer)["value"]} <= set(listed)


def test_every_listed_finding_is_read_by_its_id_in_any_case() -> None:
    for schema in Recommendation:
        for one in get(f"{IN}/assessments/{schema}/subAssessments?api-version={SUB}")["value"]:
            assert get(f"{one['id']}?api-version={SUB}") == one
            assert get(f"{one['id'].upper()}?API-Version={SUB}") == one


def test_one_finding_is_read_without_the_findings_of_other_images() -> None:
    read: list[str] = []

    def findings_of(image: Any) -> Any:
        read.append(image.digest)
        return ESTATE.findings_of(image)

    watched = Estate(SUBSCRIPTION, ESTATE.threshold, ESTATE.at, ESTATE.registries, (), findings_of)
    one = get(f"{ONE}/subAssessments?api-version={SUB}")["value"][-1]
    get(f"{one['id']}?api-version={SUB}", watched)
    assert len(read) == 1


@pytest.mark.parametrize(
    ("path", "version"),
    [
        (f"{IN}/subAssessments", SUB),
        (f"{IN}/assessments/{KEY}/subAssessments", SUB),
        *[(f"{IN}/assessments", version) for version in ("2020-01-01", NEW, "2025-05-04")],
        (f"{ONE}/assessments/{KEY}", NEW),
        (f"{SECURITY}/assessmentMetadata", NEW),
        (f"{SECURITY}/assessmentMetadata/{KEY}", NEW),
        (f"{IN}/assessmentMetadata/{KEY}", "2020-01-01"),
        (f"{IN}/secureScores", "2020-01-01"),
        (f"{IN}/secureScores/ascScore", "2020-01-01"),
        (f"{IN}/secureScores/ascScore/secureScoreControls", "2020-01-01"),
        (f"{IN}/secureScoreControls", "2020-01-01"),
        (f"{SECURITY}/secureScoreControlDefinitions", "2020-01-01"),
    ],
)
def test_a_path_is_answered_for_its_versions_only(path: str, version: str) -> None:
    assert get(f"{path}?api-version={version}")
    assert refused(path) == (400, "MissingApiVersionParameter")
    assert refused(f"{path}?api-version=2015-06-01-preview") == (400, "InvalidApiVersionParameter")


@pytest.mark.parametrize(
    ("path", "code"),
    [
        (f"{IN}/assessments/{'1' * 36}/subAssessments?api-version={SUB}", "AssessmentNotFound"),
        (f"{ONE}/assessments/{'1' * 36}?api-version={NEW}", "AssessmentNotFound"),
        (f"{IN}/assessments/{KEY}?api-version={NEW}", "AssessmentNotFound"),
        (f"{SECURITY}/assessmentMetadata/x?api-version={NEW}", "AssessmentNotFound"),
        (f"{ONE}/assessments/{KEY}/subAssessments/x?api-version={SUB}", "SubAssessmentNotFound"),
        (f"{IN}/secureScores/other?api-version=2020-01-01", "SecureScoreNotFound"),
        (f"{IN}/secureScores/other/secureScoreControls?api-version=2020-01-01", "SecureScoreNotFound"),
        (f"{ONE}/secureScores?api-version=2020-01-01", "InvalidResourceType"),
        (f"{IN}/alerts?api-version=2022-01-01", "InvalidResourceType"),
        (f"{IN}?api-version=2022-01-01", "InvalidResourceType"),
    ],
)
def test_what_is_not_there_is_not_found(path: str, code: str) -> None:
    assert refused(path) == (404, code)


@pytest.mark.parametrize(
    "query", ["$skipToken=x", "$skipToken=W10", "$skipToken=WzEsMiwzLDQsNV0", "$top=0", "$top=1001"]
)
def test_a_bad_parameter_is_refused(query: str) -> None:
    assert refused(f"{IN}/subAssessments?api-version={SUB}&{query}") == (400, "InvalidParameter")


def test_an_assessment_is_expanded_only_as_asked() -> None:
    path = f"{ONE}/assessments/{KEY}?api-version={NEW}"
    bare = get(path)["properties"]
    assert {"links", "metadata"}.isdisjoint(bare)
    assert get(path + "&$expand=links")["properties"]["links"] == {"azurePortalUri": f"{HOST}/"}
    both = get(path + "&$expand=Links,metadata")["properties"]
    assert both == {**bare, "links": both["links"], "metadata": KEY.metadata}
    assert refused(path + "&$expand=all") == (400, "InvalidParameter")


def test_a_registry_that_has_one_unhealthy_image_is_unhealthy() -> None:
    [first, second] = get(f"{IN}/assessments?api-version={NEW}")["value"]
    assert first["properties"]["status"]["code"] == second["properties"]["status"]["code"] == "Unhealthy"
    assert first["properties"]["resourceDetails"] == {"source": "Azure", "id": RESOURCE.id}
    assert first["id"] < second["id"]
