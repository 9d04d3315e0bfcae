"""What each scanner writes is read into one shape, from small documents of the shape that their sources give."""

import json
from pathlib import Path

import pytest

from benchmarks.accuracy.formats.detection import read_scan
from benchmarks.accuracy.interface import Installed, PackageId, Scan, Sighting, UnreadableScan

TRIVY = {
    "SchemaVersion": 2,
    "ArtifactName": "127.0.0.1:5055/app:1",
    "Results": [
        {
            "Class": "os-pkgs",
            "Type": "debian",
            "Packages": [
                {
                    "Name": "zlib1g",
                    "Identifier": {"PURL": "pkg:deb/debian/zlib1g@1.2.13?arch=amd64&distro=debian-12.5&epoch=1"},
                    "Version": "1.2.13",
                    "Release": "1+b2",
                    "Epoch": 1,
                    "SrcName": "zlib",
                    "SrcVersion": "1.2.13",
                    "SrcRelease": "1",
                    "SrcEpoch": 1,
                }
            ],
            "Vulnerabilities": [
                {
                    "VulnerabilityID": "CVE-2026-1",
                    "VendorIDs": ["DSA-1-1"],
                    "PkgName": "zlib1g",
                    "PkgIdentifier": {"PURL": "pkg:deb/debian/zlib1g@1.2.13?arch=amd64&distro=debian-12.5&epoch=1"},
                    "InstalledVersion": "1:1.2.13-1+b2",
                    "FixedVersion": "1:1.2.13-2, 1:1.3-1",
                    "Severity": "HIGH",
                }
            ],
        },
        {"Class": "secret"},
    ],
}
GRYPE = {
    "descriptor": {"name": "grype"},
    "distro": {"name": "debian", "version": "12"},
    "matches": [
        {
            "vulnerability": {"id": "GHSA-1", "severity": "Critical", "fix": {"versions": ["2.9.1"], "state": "fixed"}},
            "relatedVulnerabilities": [{"id": "CVE-2026-2"}],
            "artifact": {
                "name": "Zope.Interface",
                "version": "2.8.0",
                "type": "python",
                "purl": "pkg:pypi/zope-interface@2.8.0",
            },
        }
    ],
}
OSV_SCANNER = {
    "results": [
        {
            "source": {"path": "/app/node_modules", "type": "artifact"},
            "packages": [
                {
                    "package": {"name": "@types/node", "version": "1.0.0", "ecosystem": "npm"},
                    "groups": [{"ids": ["GHSA-2"], "aliases": ["CVE-2026-3", "GHSA-2"], "max_severity": "9.8"}],
                },
                {
                    "package": {
                        "name": "zlib",
                        "os_package_name": "zlib1g",
                        "version": "1:1.2",
                        "ecosystem": "Debian:12",
                    }
                },
            ],
        }
    ]
}
PLIMSOLL = {
    "value": [
        {
            "id": "1",
            "cve": "CVE-2026-4",
            "advisory": "GO-2026-1",
            "aliases": ["GHSA-3"],
            "package": {
                "name": "stdlib",
                "version": "v1.22.1",
                "source": "",
                "sourceVersion": "",
                "ecosystem": "Go",
                "purl": "pkg:golang/stdlib@v1.22.1",
                "path": "usr/bin/app",
                "layer": "sha256:0",
            },
            "severity": "low",
            "ratings": [],
            "cvss": None,
            "published": None,
            "fixedVersion": "1.22.2",
            "fixStatus": "fixed",
            "remediation": "",
            "references": [],
            "disabledBy": None,
        }
    ],
    "nextLink": None,
}


def read(folder: Path, document: object) -> Scan:
    path = folder / "scan.json"
    path.write_text(json.dumps(document))
    return read_scan(path)


def test_trivy_lists_packages_with_their_source_and_every_fixed_version(tmp_path: Path) -> None:
    zlib = PackageId("deb", "zlib1g", "1:1.2.13-1+b2")
    sighting = Sighting(zlib, frozenset(("CVE-2026-1", "DSA-1-1")), "high", ("1:1.2.13-2", "1:1.3-1"))
    expected = Scan("Trivy", (sighting,), {zlib: Installed("zlib", "1:1.2.13-1", "")}, "12.5")
    assert read(tmp_path, TRIVY) == expected


def test_grype_names_the_related_vulnerabilities_of_a_match_and_no_package_without_one(tmp_path: Path) -> None:
    package = PackageId("pypi", "zope-interface", "2.8.0")
    sighting = Sighting(package, frozenset(("GHSA-1", "CVE-2026-2")), "critical", ("2.9.1",))
    assert read(tmp_path, GRYPE) == Scan("Grype", (sighting,), None, "12")


def test_osv_scanner_groups_records_and_names_the_package_beside_its_source(tmp_path: Path) -> None:
    node, zlib = PackageId("npm", "@types/node", "1.0.0"), PackageId("deb", "zlib1g", "1:1.2")
    sighting = Sighting(node, frozenset(("GHSA-2", "CVE-2026-3")), "critical")
    packages = {node: Installed("", "", "/app/node_modules"), zlib: Installed("zlib", "", "/app/node_modules")}
    assert read(tmp_path, OSV_SCANNER) == Scan("OSV-Scanner", (sighting,), packages, "12")


def test_our_findings_are_read_as_the_api_gives_them(tmp_path: Path) -> None:
    package = PackageId("golang", "stdlib", "1.22.1")
    sighting = Sighting(package, frozenset(("CVE-2026-4", "GO-2026-1", "GHSA-3")), "low", ("1.22.2",))
    assert read(tmp_path, PLIMSOLL) == Scan("Plimsoll", (sighting,), None, "")


@pytest.mark.parametrize(
    ("document", "why"),
    [
        ([], "holds no JSON object"),
        ({"runs": [], "version": "2.1.0"}, "is of no known scanner"),
        ({**TRIVY, "Results": 5}, "not a report of Trivy"),
        ({**GRYPE, "matches": [{}]}, "not a report of Grype"),
        ({"results": 5}, "not a report of OSV-Scanner"),
        ({"value": [{}]}, "not the findings of an image"),
        ({**PLIMSOLL, "nextLink": "http://127.0.0.1/next"}, "there is another page"),
    ],
)
def test_what_is_no_answer_of_a_scanner_is_refused_with_the_reason(tmp_path: Path, document: object, why: str) -> None:
    with pytest.raises(UnreadableScan, match=why):
        read(tmp_path, document)
