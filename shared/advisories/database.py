"""The advisory database: one snapshot, ready to be matched against the packages of images."""

import sys
from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby
from pathlib import Path

from msgspec.structs import replace

from shared.advisories.coverage import ImageCoverage
from shared.advisories.distributions import advised_name
from shared.advisories.ecosystems import is_artifact_alone, is_language, normal_name
from shared.advisories.flaws import Claim, Flaw, merge
from shared.advisories.lookup import Holding, Lookup, decode_ratings
from shared.advisories.modules import ORDINARY, installed_module
from shared.advisories.remediation import remediation
from shared.advisories.verdicts import Installed, judge
from shared.advisories.versions.scheme import Scheme
from shared.domain.findings import AffectedPackage, Finding, Rating, Report, finding_id, worst_first
from shared.domain.packages import Inventory, Package

# Images share most of their packages: what is known about a version of one, and its findings in whatever layer it lies,
# are worked out once.
_VERSIONS_KEPT = 50_000
_PACKAGES_KEPT = 10_000
# A version may have thousands of flaws: beyond so many all that is kept is let go of.
_FLAWS_KEPT = 200_000


type _Advised = tuple[str, str, str]
"""What advisories speak of: a package by the name that they use, its version, and its module."""


class TooManyFindings(Exception):
    """An image has more findings than are reported."""


class AdvisoryDatabase:
    """One snapshot of all advisories; safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        """Open a snapshot file, or raise SnapshotUnusable."""
        self._lookup = Lookup(path)
        self._flaws = lru_cache(maxsize=_VERSIONS_KEPT)(self._find_flaws)
        self._findings = lru_cache(maxsize=_PACKAGES_KEPT)(self._make_findings)
        self._kept = 0

    @property
    def snapshot_id(self) -> str:
        """The id of the snapshot, equal for equal feeds."""
        return self._lookup.snapshot_id

    @property
    def ecosystems(self) -> tuple[str, ...]:
        """The ecosystems, with their releases, that the snapshot covers."""
        return tuple(sorted(self._lookup.ecosystems))

    def close(self) -> None:
        """Close the snapshot file."""
        self._lookup.close()

    def match(self, inventory: Inventory, most: int = sys.maxsize) -> Report:
        """Report every flaw of the packages of an image, and which of them could not be looked up.

        Raises TooManyFindings for more than ``most``.
        """
        coverage = ImageCoverage(inventory, self._lookup.ecosystems)
        findings: list[Finding] = []
        for package in inventory.packages:
            if not package.owner and (ecosystem := coverage.ecosystem(package)):
                findings += self._package_findings(package, ecosystem)
                if len(findings) > most:
                    raise TooManyFindings(f"more than {most} findings")
        return Report(worst_first(tuple(findings)), coverage.result(), len(inventory.packages))

    def _package_findings(self, package: Package, ecosystem: str) -> list[Finding]:
        advised = self._advised(package, ecosystem)
        if not self._flaws(ecosystem, *advised):
            return []
        shown = AffectedPackage.of(package)
        known = self._findings(replace(package, layer=""), ecosystem, *advised)
        return [replace(finding, package=shown) for finding in known]

    def _make_findings(
        self, package: Package, ecosystem: str, name: str, version: str, module: str
    ) -> tuple[Finding, ...]:
        shown = AffectedPackage.of(package)
        flaws = self._flaws(ecosystem, name, version, module)
        self._keep(len(flaws))
        return tuple(_finding(package, shown, version, flaw) for flaw in flaws)

    def _keep(self, count: int) -> None:
        """Make room for findings or flaws that are about to be kept."""
        self._kept += count
        if self._kept > _FLAWS_KEPT:
            self._flaws.cache_clear()
            self._findings.cache_clear()
            self._kept = count

    def _advised(self, package: Package, ecosystem: str) -> _Advised:
        if is_language(ecosystem):
            return normal_name(ecosystem, package.name), package.version, ORDINARY
        scheme = self._lookup.ecosystems[ecosystem][0].scheme
        name, version = advised_name(package, ecosystem, scheme)
        return name, version, installed_module(package.module, version) if scheme is Scheme.RPM else ORDINARY

    def _find_flaws(self, ecosystem: str, name: str, version: str, module: str) -> tuple[Flaw, ...]:
        claims: list[Claim] = []
        for holding in self._lookup.ecosystems[ecosystem]:
            installed = Installed.of(version, holding.scheme, module)
            if is_artifact_alone(ecosystem, name):
                claims += self._guessed_claims(holding, name, installed)
            else:
                claims += self._claims(holding, name, installed)
        if not claims:
            return ()
        self._keep(len(claims))
        return merge(claims, installed, self._alias_ratings)

    def _claims(self, holding: Holding, name: str, installed: Installed) -> list[Claim]:
        claims = []
        for advisory, rows in groupby(
            self._lookup.affected(holding, name, installed.key), key=lambda row: row.advisory
        ):
            if verdict := judge(advisory, tuple(rows), installed):
                given = verdict.rows[0].ratings
                ratings = decode_ratings(given) if given else ()
                claims.append(Claim(verdict, self._lookup.details(advisory), ratings))
        return claims

    def _guessed_claims(self, holding: Holding, artifact: str, installed: Installed) -> Iterator[Claim]:
        """Claim nothing for sure: a package of some group is affected, and the installed one may be that."""
        for name in self._lookup.names(holding).get(artifact, ()):
            reason = f"the archive does not name its group, and {name} has this flaw"
            for claim in self._claims(holding, name, installed):
                yield claim._replace(verdict=claim.verdict._replace(undecided=claim.verdict.undecided or reason))

    def _alias_ratings(self, names: tuple[str, ...]) -> tuple[Rating, ...]:
        # In the order of their names: the same advisories give the same report, however their snapshot came about.
        raters = sorted(map(self._lookup.details, self._lookup.rated(names)), key=lambda details: details.id)
        return tuple(rating for rater in raters for rating in rater.ratings)


def _finding(package: Package, shown: AffectedPackage, version: str, flaw: Flaw) -> Finding:
    return Finding(
        id=finding_id(flaw.cve or flaw.advisory, package),
        cve=flaw.cve,
        advisory=flaw.advisory,
        aliases=flaw.aliases,
        package=shown,
        severity=flaw.severity,
        ratings=flaw.ratings,
        cvss=flaw.cvss,
        published=flaw.published,
        fixed_version=flaw.fixed_version,
        fix_status=flaw.fix_status,
        remediation=remediation(package, version, flaw),
        references=flaw.references,
        undetermined=flaw.undetermined,
        title=flaw.title,
    )
