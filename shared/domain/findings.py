"""Findings: advisories that hit a package of an image."""

from collections.abc import Iterable
from enum import StrEnum
from uuid import UUID, uuid5

import msgspec

from shared.domain.packages import Package
from shared.domain.severity import Severity

_NAMESPACE = UUID("3f0f3c57-6b1e-5c7e-9d0a-6a2f4f6f9a11")


class FixStatus(StrEnum):
    """Whether a version without the flaw exists."""

    FIXED = "fixed"
    NOT_FIXED = "not-fixed"
    WILL_NOT_FIX = "will-not-fix"
    UNKNOWN = "unknown"


class Rating(msgspec.Struct, frozen=True, rename="camel"):
    """One opinion on severity: who says it, the class, and the CVSS base score and vector where given."""

    source: str
    severity: Severity
    score: float | None = None
    vector: str = ""


class AffectedPackage(msgspec.Struct, frozen=True, rename="camel"):
    """The package of a finding, as every answer shows it."""

    name: str
    version: str
    source: str
    source_version: str
    ecosystem: str
    purl: str
    path: str
    layer: str

    @classmethod
    def of(cls, package: Package) -> "AffectedPackage":
        """Take over what a finding shows of an installed package."""
        return cls(
            name=package.name,
            version=package.version,
            source=package.source,
            source_version=package.source_version,
            ecosystem=package.ecosystem,
            purl=package.purl,
            path=package.path,
            layer=package.layer,
        )


class Finding(msgspec.Struct, frozen=True, rename="camel"):
    """One flaw in one package. Times are RFC 3339 UTC; ``undetermined`` says why it could not be decided."""

    id: str
    cve: str | None
    advisory: str
    aliases: tuple[str, ...]
    package: AffectedPackage
    severity: Severity
    ratings: tuple[Rating, ...]
    cvss: float | None
    published: str | None
    fixed_version: str | None
    fix_status: FixStatus
    remediation: str
    references: tuple[str, ...]
    undetermined: str | None = None
    title: str = ""


class Coverage(msgspec.Struct, frozen=True, rename="camel"):
    """What the advisory snapshot knew about an image; ``gaps`` are like ``no advisories for Alpine v3.20``."""

    ecosystems: tuple[str, ...]
    gaps: tuple[str, ...]


class Report(msgspec.Struct, frozen=True, rename="camel"):
    """Everything one scan found. It names no time and no scan, so that equal results are equal documents."""

    findings: tuple[Finding, ...]
    coverage: Coverage
    package_count: int


def finding_id(flaw: str, package: Package) -> str:
    """Give the stable GUID of a flaw (its CVE, else its advisory) in a package at a path."""
    return str(uuid5(_NAMESPACE, "\n".join((flaw, package.ecosystem, package.name, package.version, package.path))))


def flaw_names(finding: Finding) -> frozenset[str]:
    """Give every name of a finding's flaw in upper case: its CVE, its advisory and their aliases."""
    return frozenset(name.upper() for name in (finding.cve, finding.advisory, *finding.aliases) if name)


def names_in(findings: Iterable[Finding]) -> frozenset[str]:
    """Give every name of the flaws of several findings."""
    return frozenset().union(*map(flaw_names, findings))


def badness(finding: Finding) -> tuple[int, float, str, str, str]:
    """Give the key that orders findings: severity, then CVSS score descending, then package and flaw."""
    return (
        finding.severity.rank,
        -(finding.cvss or 0.0),
        finding.package.name,
        finding.cve or finding.advisory,
        finding.id,
    )


def worst_first(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Order findings, the worst first."""
    return tuple(sorted(findings, key=badness))
