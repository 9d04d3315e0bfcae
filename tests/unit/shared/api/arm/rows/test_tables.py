"""The tables of Resource Graph: every row has the sixteen columns, and ids are as queries expect them."""

import re

import pytest

from shared.api.arm.recommendations import Recommendation
from shared.api.arm.rows.row import COLUMNS
from shared.api.arm.rows.security import sub_assessment_rows
from shared.api.arm.rows.tables import TABLES
from shared.api.arm.subjects import places
from shared.domain.rules import Criteria, Rule, RuleScope
from shared.domain.severity import Severity
from tests.support.estates import RESOURCE, SUBSCRIPTION, estate, health, judged
from tests.support.examples import at, digest, finding, package

RULE = Rule("r1", RuleScope(repository="team/app"), Criteria(("CVE-1",), (), Severity.MEDIUM), "why", "me", at())
ONE = judged(finding("CVE-2026-0001"))
TWO = judged(finding("CVE-2026-0002"))
ESTATE = estate({digest(1): [ONE, TWO], digest(2): [ONE]}, [health(1), health(2)], rules=(RULE,))
REGISTRY_ID = (
    f"/subscriptions/{SUBSCRIPTION}/resourceGroups/Shop-Rg/providers/Microsoft.ContainerRegistry/registries/Contoso"
)


@pytest.mark.parametrize("table", TABLES)
def test_every_row_has_the_sixteen_columns_in_their_order(table: str) -> None:
    rows = list(TABLES[table](ESTATE))
    assert rows
    assert {tuple(row) for row in rows} == {COLUMNS}
    assert all(row["type"] == row["type"].lower() for row in rows)
    assert {row["subscriptionId"] for row in rows} == {SUBSCRIPTION}


def test_the_table_of_security_holds_every_type() -> None:
    types = [row["type"].removeprefix("microsoft.security/") for row in TABLES["securityresources"](ESTATE)]
    assert types == [
        *("securescores", "securescores/securescorecontrols", "pricings"),
        *["assessments"] * 2,
        *["assessments/subassessments"] * 6,
    ]


def test_the_id_of_a_sub_assessment_ends_where_queries_look_for_its_key_and_name() -> None:
    # An admission controller finds the key by its position: indexof(id, "providers/...", -130, 78).
    for row in sub_assessment_rows(ESTATE, places(ESTATE.registries)):
        assert re.fullmatch(
            re.escape(REGISTRY_ID) + "/providers/Microsoft.Security/assessments/[0-9a-f-]{36}/subassessments/"
            "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
            row["id"],
        )
        assert row["id"].endswith(row["name"])
        assert row["id"].index("/providers/Microsoft.Security/assessments/") == len(row["id"]) - 130


def test_what_is_equal_in_many_rows_is_the_same_object() -> None:
    rows = list(sub_assessment_rows(ESTATE, places(ESTATE.registries), [Recommendation.DETAILED]))
    details = [row["properties"]["additionalData"] for row in rows]
    flaws = {id(one["vulnerabilityDetails"]) for one in details}
    artifacts = {id(one["artifactDetails"]) for one in details}
    software = {id(one["softwareDetails"]) for one in details}
    statuses = {id(row["properties"]["status"]) for row in rows}
    assert (len(rows), len(flaws), len(artifacts), len(software), len(statuses)) == (3, 2, 2, 1, 1)


def test_an_assessment_names_its_registry_in_both_spellings() -> None:
    rows = [row for row in TABLES["securityresources"](ESTATE) if row["type"] == "microsoft.security/assessments"]
    details = rows[0]["properties"]["resourceDetails"]
    assert details["Id"] == details["id"] == REGISTRY_ID == RESOURCE.id
    assert rows[0]["id"] == f"{REGISTRY_ID}/providers/Microsoft.Security/assessments/{rows[0]['name']}"
    assert rows[0]["resourceGroup"] == "Shop-Rg"


def test_a_rule_is_a_policy_assignment_with_its_filters() -> None:
    [row] = TABLES["policyresources"](ESTATE)
    [filter_] = row["properties"]["metadata"]["subAssessmentSettings"]["filters"]
    assert [one["field"] for one in filter_["allOf"]] == ["va.cve.cveId", "va.cve.severity", "va.image.repository"]
    assert filter_["allOf"][0]["operation"]["values"] == [{"title": "CVE-1"}]
    assert filter_["allOf"][1]["operation"] == {"value": "Medium"}


def test_a_package_that_is_installed_twice_is_one_row() -> None:
    twice = [judged(finding("CVE-1", of=package(architecture=one))) for one in ("amd64", "i386")]
    made = estate({digest(1): twice}, [health(1)])
    assert len(list(sub_assessment_rows(made, places(made.registries), [Recommendation.CLASSIC]))) == 1


def test_an_image_is_answered_for_in_each_of_its_repositories() -> None:
    made = estate({digest(1): [ONE]}, [health(1, repositories=("a", "b"))])
    rows = list(sub_assessment_rows(made, places(made.registries), [Recommendation.CLASSIC]))
    assert [row["properties"]["additionalData"]["repositoryName"] for row in rows] == ["a", "b"]
    assert len({row["name"] for row in rows}) == 2
