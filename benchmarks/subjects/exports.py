"""A scan of many packages, each with a finding, written in the formats of other tools."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msgspec

from benchmarks.subjects.timed import Outcome, Timed
from shared.api.csv_tables import findings_table
from shared.api.cyclonedx import cyclonedx_document
from shared.api.sarif import sarif_log
from shared.api.spdx import spdx_document
from shared.domain.events import Outcome as ScanOutcome
from shared.domain.events import ScanCompleted, Trigger
from shared.domain.findings import AffectedPackage, Coverage, Finding, FixStatus, Rating, Report, finding_id
from shared.domain.image import EndedScan
from shared.domain.image_health import JudgedFinding
from shared.domain.packages import Inventory, Package
from shared.domain.references import ImageId
from shared.domain.severity import Severity
from shared.services.query_scan_result import ScanResult


def stored(packages: str) -> Timed:
    """Time the mere encoding of the same inventory and report in their stored form."""
    return _timed(packages, lambda result: msgspec.json.encode((result.inventory, result.report)))


def cyclonedx(packages: str) -> Timed:
    """Time a CycloneDX document with vulnerabilities."""
    return _document(packages, cyclonedx_document)


def spdx(packages: str) -> Timed:
    """Time an SPDX document."""
    return _document(packages, spdx_document)


def sarif(packages: str) -> Timed:
    """Time a SARIF log."""
    return _document(packages, sarif_log)


def csv(packages: str) -> Timed:
    """Time a table for spreadsheets."""
    return _timed(packages, lambda result: findings_table(result.image, result.judged))


def _document(packages: str, make: Callable[[ScanResult], Any]) -> Timed:
    return _timed(packages, lambda result: msgspec.json.encode(make(result)))


def _timed(packages: str, write: Callable[[ScanResult], bytes]) -> Timed:
    result = _result(int(packages))

    def timed() -> Outcome:
        written = write(result)
        return 1, {"packages": int(packages), "findings": len(result.judged), "bytes": len(written)}

    return timed


def _result(count: int) -> ScanResult:
    installed = tuple(_package(number) for number in range(count))
    found = tuple(_finding(package, number) for number, package in enumerate(installed))
    completed = ScanCompleted("scan-1", Trigger.PUSH, ScanOutcome.ASSESSED, charged=True, repository="team/app")
    return ScanResult(
        image=ImageId("contoso.azurecr.io", f"sha256:{1:064x}"),
        repository="team/app",
        scan=EndedScan(completed, datetime(2026, 11, 22, tzinfo=UTC)),
        inventory=Inventory(installed),
        report=Report(found, Coverage((), ()), count),
        judged=tuple(JudgedFinding(finding, None) for finding in found),
        rules={},
    )


def _package(number: int) -> Package:
    name, layer = f"package-{number}", f"sha256:{number % 20:064x}"
    purl = f"pkg:npm/{name}@1.0.{number}"
    return Package(name, f"1.0.{number}", "npm", purl, f"app/node_modules/{name}/package.json", layer)


def _finding(package: Package, number: int) -> Finding:
    flaw = f"CVE-2026-{number:05}"
    return Finding(
        id=finding_id(flaw, package),
        cve=flaw,
        advisory=f"GHSA-{number:012}",
        aliases=(flaw,),
        package=AffectedPackage.of(package),
        severity=tuple(Severity)[number % 6],
        ratings=(Rating("nvd", Severity.HIGH, 8.1, "CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:H/A:H"),),
        cvss=8.1,
        published="2026-10-01T00:00:00Z",
        fixed_version="2.0.0",
        fix_status=FixStatus.FIXED,
        remediation=f"Upgrade {package.name} from {package.version} to 2.0.0 or later",
        references=(f"https://advisories.example/{flaw}", f"https://fixes.example/{number}"),
        title=f"{package.name} is hit by a flaw of some length, as titles of advisories are",
    )
