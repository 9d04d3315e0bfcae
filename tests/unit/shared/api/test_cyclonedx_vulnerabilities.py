"""Vulnerabilities in CycloneDX: each finding once, with what was decided about it."""

import pytest

from shared.api.cyclonedx import cyclonedx_document
from shared.domain.findings import Rating
from shared.domain.image_health import JudgedFinding
from shared.domain.severity import Severity
from tests.support.examples import finding, inventory, package
from tests.support.scan_results import RULE, scan_result

OPEN = JudgedFinding(finding("CVE-2026-0001"), None)
DISABLED = JudgedFinding(finding("CVE-2026-0002"), RULE.id)


def test_a_disabled_finding_is_told_with_the_decision_and_never_as_not_affected() -> None:
    one, other = cyclonedx_document(scan_result(OPEN, DISABLED))["vulnerabilities"]
    assert "analysis" not in one
    assert other["analysis"]["state"] == "exploitable"
    assert other["analysis"]["response"] == ["will_not_fix"]
    assert RULE.reason in other["analysis"]["detail"]


def test_a_finding_of_packages_that_differ_by_architecture_is_one_that_affects_both() -> None:
    one, other = (package("a", purl=f"pkg:rpm/fedora/a@1?arch={name}") for name in ("i686", "x86_64"))
    hits = [JudgedFinding(finding("CVE-1", of=hit), None) for hit in (one, other)]
    [told] = cyclonedx_document(scan_result(*hits, inventory=inventory(one, other)))["vulnerabilities"]
    assert [affected["ref"] for affected in told["affects"]] == ["package-1", "package-2"]


@pytest.mark.parametrize(
    ("vector", "method"),
    [
        ("CVSS:4.0/AV:N", "CVSSv4"),
        ("CVSS:3.1/AV:N", "CVSSv31"),
        ("CVSS:3.0/AV:N", "CVSSv3"),
        ("AV:N/AC:L", "CVSSv2"),
        ("", "other"),
    ],
)
def test_a_rating_names_its_method(vector: str, method: str) -> None:
    hit = finding(ratings=(Rating("nvd", Severity.NEGLIGIBLE, 9.8, vector),))
    [told] = cyclonedx_document(scan_result(JudgedFinding(hit, None)))["vulnerabilities"]
    rating = told["ratings"][1]
    assert (rating["method"], rating["severity"], rating["score"]) == (method, "info", 9.8)


def test_a_finding_of_a_package_that_the_inventory_lacks_is_one_of_the_image() -> None:
    lost = JudgedFinding(finding(of=package("lost")), None)
    [told] = cyclonedx_document(scan_result(lost, inventory=inventory(package("other"))))["vulnerabilities"]
    assert told["affects"][0]["ref"] == "image"


def test_a_finding_that_could_not_be_decided_claims_nothing() -> None:
    open_question = JudgedFinding(finding(undetermined="its version cannot be read"), None)
    [told] = cyclonedx_document(scan_result(open_question))["vulnerabilities"]
    assert told["affects"][0]["versions"][0]["status"] == "unknown"
    assert told["detail"] == "its version cannot be read"
