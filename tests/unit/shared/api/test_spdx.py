"""SPDX documents: valid by the SPDX project's library, complete, and equal for equals."""

import msgspec
from hypothesis import given, settings

from shared.api.spdx import spdx_document
from shared.domain.image_health import JudgedFinding
from shared.services.query_scan_result import ScanResult
from tests.support.examples import finding, inventory, package, report
from tests.support.formats.spdx import assert_spdx
from tests.support.scan_results import results, scan_result


@settings(max_examples=40, deadline=None, derandomize=True)
@given(results())
def test_every_result_gives_a_valid_document_with_every_package(result: ScanResult) -> None:
    document = spdx_document(result)
    assert_spdx(document)
    locators = {reference["referenceLocator"] for one in document["packages"] for reference in one["externalRefs"]}
    assert {package.purl for package in result.inventory.packages} <= locators
    assert msgspec.json.encode(spdx_document(result)) == msgspec.json.encode(document)


def test_the_document_describes_the_image_and_the_image_contains_the_packages() -> None:
    document = spdx_document(scan_result(inventory=inventory(package("a"), package("b"))))
    relations = [
        (one["spdxElementId"], one["relationshipType"], one["relatedSpdxElement"]) for one in document["relationships"]
    ]
    assert relations == [
        ("SPDXRef-DOCUMENT", "DESCRIBES", "SPDXRef-Image"),
        ("SPDXRef-Image", "CONTAINS", "SPDXRef-Package-1"),
        ("SPDXRef-Image", "CONTAINS", "SPDXRef-Package-2"),
    ]


def test_a_package_names_the_advisories_that_hit_it() -> None:
    hits = [JudgedFinding(finding(name), None) for name in ("CVE-1", "CVE-2")]
    references = spdx_document(scan_result(*hits))["packages"][1]["externalRefs"]
    assert [one["referenceLocator"] for one in references if one["referenceCategory"] == "SECURITY"] == [
        "https://osv.dev/vulnerability/DEBIAN-CVE-1",
        "https://osv.dev/vulnerability/DEBIAN-CVE-2",
    ]


def test_licences_are_said_to_be_unknown() -> None:
    for one in spdx_document(scan_result())["packages"]:
        assert {one["licenseConcluded"], one["licenseDeclared"], one["copyrightText"]} == {"NOASSERTION"}


def test_what_the_scan_left_open_is_told() -> None:
    document = spdx_document(scan_result(report=report(gaps=("no advisories for npm",))))
    assert document["creationInfo"]["comment"] == "left open: no advisories for npm"
    assert "comment" not in spdx_document(scan_result())["creationInfo"]
