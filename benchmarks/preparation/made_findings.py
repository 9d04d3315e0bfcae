"""Findings that are made up, of the size that real ones have."""

from __future__ import annotations

from shared.domain.findings import AffectedPackage, Finding, FixStatus, Rating, finding_id
from shared.domain.packages import Package
from shared.domain.severity import Severity

_VECTOR = "CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:U/C:H/I:H/A:H"


def made_finding(cve: str, alias: str, package: Package, severity: Severity, *, fixed: bool) -> Finding:
    """Return a finding of a CVE in a package, as a record of Debian would have it."""
    return Finding(
        id=finding_id(cve, package),
        cve=cve,
        advisory=f"DEBIAN-{cve}",
        aliases=(alias,),
        package=AffectedPackage.of(package),
        severity=severity,
        ratings=(Rating("debian", severity), Rating("cvss", severity, 8.8, _VECTOR)),
        cvss=8.8,
        published="2026-10-01T00:00:00Z",
        fixed_version="2.0-1" if fixed else None,
        fix_status=FixStatus.FIXED if fixed else FixStatus.NOT_FIXED,
        remediation=f"upgrade {package.name} to 2.0-1",
        references=(
            f"https://security-tracker.debian.org/tracker/{cve}",
            f"https://nvd.nist.gov/vuln/detail/{cve}",
        ),
        title=f"A buffer in {package.name} is read beyond its end",
    )
