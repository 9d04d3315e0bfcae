"""What to do about an unhealthy image: the upgrades that close its open findings."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from shared.domain.findings import Finding
from shared.domain.severity import Severity


class Upgrade(msgspec.Struct, frozen=True, rename="camel"):
    """One package to upgrade: from which version, to which fixed ones, and how many findings that closes.

    ``fixed_versions`` are the versions that close at least one of them; None where no fix exists.
    """

    package: str
    ecosystem: str
    installed: str
    fixed_versions: tuple[str, ...]
    findings: int
    worst: Severity
    remediation: str


def upgrades(open_findings: Iterable[Finding]) -> tuple[Upgrade, ...]:
    """Group findings by the package whose upgrade closes them, the upgrade that closes most first.

    Packages built from one source are upgraded together and are therefore one entry, named after the source.
    """
    groups: dict[tuple[str, str, str], list[Finding]] = {}
    for finding in open_findings:
        package = finding.package
        key = (package.ecosystem, package.source or package.name, package.source_version or package.version)
        groups.setdefault(key, []).append(finding)
    made = [_upgrade(key, group) for key, group in groups.items()]
    return tuple(sorted(made, key=lambda up: (up.worst.rank, -up.findings, up.package)))


def _upgrade(key: tuple[str, str, str], group: list[Finding]) -> Upgrade:
    ecosystem, package, installed = key
    worst = min(group, key=lambda finding: finding.severity.rank)
    fixed = tuple(sorted({finding.fixed_version for finding in group if finding.fixed_version}))
    return Upgrade(
        package=package,
        ecosystem=ecosystem,
        installed=installed,
        fixed_versions=fixed,
        findings=len(group),
        worst=worst.severity,
        remediation=worst.remediation,
    )
