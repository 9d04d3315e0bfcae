"""CycloneDX documents: valid by the official schema, complete, honest about what is disabled, and equal for equals."""

import msgspec
import pytest
from hypothesis import given, settings
from packageurl import PackageURL

from shared.api.cyclonedx import cyclonedx_document
from shared.domain.image_health import JudgedFinding
from shared.services.query_scan_result import ScanResult
from tests.support.examples import at, finding, inventory, package, report
from tests.support.formats.cyclonedx import assert_cyclonedx
from tests.support.scan_results import RULE, results, scan_result

OPEN = JudgedFinding(finding("CVE-2026-0001"), None)
DISABLED = JudgedFinding(finding("CVE-2026-0002"), RULE.id)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(results())
def test_every_result_gives_a_valid_document_with_every_package_and_finding(result: ScanResult) -> None:
    document = cyclonedx_document(result)
    assert_cyclonedx(document)
    assert {one["purl"] for one in document["components"] if one["type"] == "library"} == {
        package.purl for package in result.inventory.packages
    }
    assert {one["bom-ref"] for one in document["vulnerabilities"]} == {
        f"finding-{one.finding.id}" for one in result.judged
    }


@settings(max_examples=10, deadline=None, derandomize=True)
@given(results())
def test_equal_results_give_the_same_bytes(result: ScanResult) -> None:
    again = msgspec.json.encode(cyclonedx_document(result))
    assert msgspec.json.encode(cyclonedx_document(result)) == again


def test_another_result_is_another_document() -> None:
    serials = {
        cyclonedx_document(scan_result(*judged))["serialNumber"]
        for judged in ((), (OPEN,), (DISABLED,), (OPEN, DISABLED))
    }
    assert len(serials) == 4


def test_everything_depends_on_nothing_known_but_the_image_on_everything() -> None:
    document = cyclonedx_document(scan_result(inventory=inventory(package("a"), package("b"))))
    [root] = document["dependencies"]
    assert root == {"ref": "image", "dependsOn": ["operating-system", "package-1", "package-2"]}


@pytest.mark.parametrize(("unreadable", "aggregate"), [((), "unknown"), (("var/lib/rpm: damaged",), "incomplete")])
def test_a_document_says_how_complete_it_is(unreadable: tuple[str, ...], aggregate: str) -> None:
    document = cyclonedx_document(scan_result(inventory=inventory(unreadable=unreadable)))
    assert document["compositions"][0] == {"aggregate": aggregate, "assemblies": ["image"]}


def test_what_the_scan_left_open_is_told() -> None:
    result = scan_result(report=report(gaps=("no advisories for npm",)))
    properties = cyclonedx_document(result)["metadata"]["properties"]
    assert {"name": "plimsoll:leftOpen", "value": "no advisories for npm"} in properties


def test_no_licence_is_invented() -> None:
    assert b"licen" not in msgspec.json.encode(cyclonedx_document(scan_result(OPEN)))


def test_packages_of_one_name_in_two_places_are_two_components() -> None:
    result = scan_result(inventory=inventory(package("a", path="x/one"), package("a", path="x/two")))
    document = cyclonedx_document(result)
    places = [one["evidence"]["occurrences"][0]["location"] for one in document["components"][1:]]
    assert places == ["x/one", "x/two"]


@pytest.mark.parametrize(
    ("ecosystem", "name", "group"),
    [
        ("Maven", "org.example:core", "org.example"),
        ("npm", "@scope/core", "@scope"),
        ("Packagist", "symfony/core", "symfony"),
        ("npm", "core", None),
    ],
)
def test_a_name_with_a_group_is_parted(ecosystem: str, name: str, group: str | None) -> None:
    result = scan_result(inventory=inventory(package(name, ecosystem=ecosystem)))
    component = cyclonedx_document(result)["components"][1]
    assert (component.get("group"), component["name"]) == (group, "core")


def test_the_image_is_named_by_a_package_url() -> None:
    component = cyclonedx_document(scan_result())["metadata"]["component"]
    parsed = PackageURL.from_string(component["purl"])
    assert (parsed.type, parsed.name, parsed.version) == ("oci", "app", component["version"])
    assert parsed.qualifiers == {"repository_url": "contoso.azurecr.io/team/app"}


def test_the_time_of_a_document_is_that_of_the_scan() -> None:
    result = scan_result()
    assert cyclonedx_document(result)["metadata"]["timestamp"] == f"{at():%Y-%m-%dT%H:%M:%SZ}"
