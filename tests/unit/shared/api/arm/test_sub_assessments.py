"""Sub-assessments in both schemas, and that nothing of a finding is lost in either."""

from typing import Any

import pytest

from shared.api.arm.recommendations import Recommendation
from shared.api.arm.sub_assessments import SubAssessments
from shared.api.arm.subjects import places, subjects
from shared.domain.findings import Finding, FixStatus, Rating
from shared.domain.severity import Severity
from tests.support.estates import RESOURCE, estate, health, judged
from tests.support.examples import REGISTRY, digest, finding, package

RATINGS = (
    Rating("Debian", Severity.HIGH),
    Rating("NVD", Severity.HIGH, 7.5, "CVSS:3.1/AV:N/AC:L"),
    Rating("NVD", Severity.HIGH, 7.8, "AV:N/AC:L/Au:N"),
    Rating("NVD", Severity.HIGH, 8.7, "CVSS:4.0/AV:N"),
    Rating("odd", Severity.UNKNOWN, None, "CVSS:3.1/nonsense"),
)
FINDING = finding(
    "CVE-2026-0001",
    ratings=RATINGS,
    cvss=8.7,
    published="2026-01-02T03:04:05Z",
    references=("https://example.org/a",),
    aliases=("GHSA-1", "CVE-2026-0009"),
    title="A flaw",
)


def shaped(one: Finding, schema: Recommendation, rule: str | None = None, **changes: Any) -> dict[str, Any]:
    """Return the properties of a finding's sub-assessment."""
    made = estate({digest(1): [judged(one, rule)]}, [health(1, **changes)])
    [subject] = subjects(made, places(made.registries))
    resource = SubAssessments(made).resource(subject, schema)
    assert resource["name"] == subject.name
    assert resource["id"] == (
        f"{RESOURCE.id}/providers/Microsoft.Security/assessments/{schema}/subAssessments/{subject.name}"
    )
    return dict(resource["properties"])


def test_the_classic_schema() -> None:
    assert shaped(FINDING, Recommendation.CLASSIC) == {
        "id": "CVE-2026-0001",
        "displayName": "A flaw",
        "category": "Debian",
        "impact": "4",
        "description": "A flaw (openssl 3.0.1)",
        "remediation": "upgrade openssl",
        "timeGenerated": "2026-11-02T10:02:00.0000000Z",
        "status": {
            "code": "Unhealthy",
            "cause": "",
            "severity": "High",
            "description": "The resource is unhealthy",
        },
        "resourceDetails": {
            "source": "Azure",
            "id": f"{RESOURCE.id}/repositories/team/app/images/{digest(1)}",
        },
        "additionalData": {
            "assessedResourceType": "ContainerRegistryVulnerability",
            "type": "Vulnerability",
            "cvss": {"3.0": {"base": 7.5}, "2.0": {"base": 7.8}, "4.0": {"base": 8.7}},
            "patchable": True,
            "cve": [
                {"title": "CVE-2026-0001", "link": "https://nvd.nist.gov/vuln/detail/CVE-2026-0001"},
                {"title": "CVE-2026-0009", "link": "https://nvd.nist.gov/vuln/detail/CVE-2026-0009"},
            ],
            "publishedTime": "2026-01-02T03:04:05Z",
            "vendorReferences": [{"title": "https://example.org/a", "link": "https://example.org/a"}],
            "repositoryName": "team/app",
            "imageDigest": digest(1),
            "registryHost": REGISTRY,
            "imageName": "team/app:v1",
            "threat": "",
        },
    }


def test_the_detailed_schema() -> None:
    found = shaped(FINDING, Recommendation.DETAILED)
    details = found["additionalData"]
    assert (found["id"], found["displayName"]) == ("CVE-2026-0001", "CVE-2026-0001")
    assert found["remediation"] == "Create new image with updated package openssl with version 3.0.2 or higher."
    assert found["resourceDetails"] == {
        "source": "Azure",
        "id": f"/repositories/team/app/images/{digest(1)}",
        "ResourceName": "Contoso",
    }
    assert (details["assessedResourceType"], details["cvssV30Score"]) == ("AzureContainerRegistryVulnerability", 7.5)
    flaw = details["vulnerabilityDetails"]
    assert (flaw["cveId"], flaw["severity"], flaw["publishedDate"]) == (
        "CVE-2026-0001",
        "High",
        "2026-01-02T03:04:05Z",
    )
    assert flaw["cvss"]["3.0"] == {"base": 7.5, "cvssVectorString": "CVSS:3.1/AV:N/AC:L"}
    assert [one["title"] for one in flaw["references"]] == ["CVE-2026-0001", "CVE-2026-0009", "https://example.org/a"]
    assert details["artifactDetails"] == {
        "registryHost": REGISTRY,
        "repositoryName": "team/app",
        "digest": digest(1),
        "tags": ["v1"],
        "artifactType": "ContainerImage",
        "lastPushedToRegistryUTC": "2026-11-02T10:00:00.0000000Z",
    }
    assert details["softwareDetails"] == {
        "packageName": "openssl",
        "version": "3.0.1",
        "fixedVersion": "3.0.2",
        "fixStatus": "FixAvailable",
        "vendor": "Debian",
        "category": "OS",
        "language": "",
        "osDetails": {"osPlatform": "linux", "osVersion": "debian_linux_12"},
        "evidence": ["var/lib/dpkg/status"],
    }


@pytest.mark.parametrize("schema", Recommendation)
def test_a_finding_without_a_cve_goes_by_its_advisory(schema: Recommendation) -> None:
    found = shaped(finding(cve=None, advisory="GHSA-1", aliases=("GHSA-2",)), schema)
    details = found["additionalData"]
    flaws = details["cve"] if "cve" in details else details["vulnerabilityDetails"]["references"]
    assert found["id"] == "GHSA-1"
    assert flaws == [{"title": "GHSA-1", "link": "https://osv.dev/vulnerability/GHSA-1"}]


@pytest.mark.parametrize("schema", Recommendation)
def test_a_disabled_finding_stays_and_is_exempt(schema: Recommendation) -> None:
    status = shaped(FINDING, schema, rule="r1")["status"]
    assert (status["code"], status["cause"]) == ("NotApplicable", "Exempt")


def test_what_is_not_known_is_null_or_empty() -> None:
    bare = finding(fixed_version=None, fix_status=FixStatus.UNKNOWN, undetermined="no order")
    found = shaped(bare, Recommendation.DETAILED, os=None, last_pushed=None, last_scan=None, tags=())
    details = found["additionalData"]
    assert (found["timeGenerated"], found["remediation"]) == (None, "No remediation exists")
    assert (details["cvssV30Score"], details["vulnerabilityDetails"]["cvss"]) == (None, {"2.0": None, "3.0": None})
    assert details["artifactDetails"]["lastPushedToRegistryUTC"] is None
    assert details["softwareDetails"]["osDetails"]["osVersion"] == ""
    classic = shaped(bare, Recommendation.CLASSIC, tags=())["additionalData"]
    assert (classic["type"], classic["patchable"]) == ("Potential Vulnerability", False)
    assert classic["imageName"] == f"team/app@{digest(1)}"


def test_a_language_package_names_its_language() -> None:
    of = package("django", "4.2", ecosystem="PyPI", path="app/django-4.2.dist-info/METADATA")
    details = shaped(finding(of=of), Recommendation.DETAILED, os=None)["additionalData"]
    software = details["softwareDetails"]
    assert (software["category"], software["language"], software["vendor"]) == ("Language", "python", "")
