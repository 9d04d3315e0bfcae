"""Everything that is exported of a scan, held against the specifications of the formats."""

import csv
import io

from packageurl import PackageURL

from shared.api.csv_tables import findings_table
from shared.api.cyclonedx import cyclonedx_document
from shared.api.sarif import sarif_log
from shared.api.spdx import spdx_document
from shared.services.query_scan_result import ScanResult
from tests.support.formats.cyclonedx import assert_cyclonedx
from tests.support.formats.sarif import assert_sarif
from tests.support.formats.spdx import assert_spdx


def assert_exports(result: ScanResult) -> None:
    """Assert that every export is valid and tells every package and every finding, each package by a proper purl."""
    bom, spdx, log = cyclonedx_document(result), spdx_document(result), sarif_log(result)
    assert_cyclonedx(bom)
    assert_spdx(spdx)
    assert_sarif(log)
    installed = {(package.purl, package.path) for package in result.inventory.packages}
    libraries = [one for one in bom["components"] if one["type"] == "library"]
    assert {(one["purl"], one["evidence"]["occurrences"][0]["location"]) for one in libraries} == installed
    assert len(spdx["packages"]) == len(installed) + 1
    for purl, _ in installed:
        assert PackageURL.from_string(purl).to_string() == purl
    assert len(log["runs"][0]["results"]) == len(result.judged)
    table = io.StringIO(findings_table(result.image, result.judged).decode(), newline="")
    assert len(list(csv.reader(table, strict=True))) == len(result.judged) + 1
