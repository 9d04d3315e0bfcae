"""Criteria of disable rules: what a finding and its image must meet.

They are those of Microsoft Defender for Cloud (learn.microsoft.com: "Disable vulnerability findings", and the older
page for findings by Qualys) and some more. What nobody knows of a finding (severity, score) meets no limit.
"""

from __future__ import annotations

import re
from enum import StrEnum
from fnmatch import translate
from functools import lru_cache
from typing import NamedTuple

import msgspec

from shared.domain.findings import Finding, FixStatus, flaw_names
from shared.domain.package_urls import covers
from shared.domain.packages import OS_PACKAGE_PURLS
from shared.domain.rule_signals import NO_SIGNALS, RuleSignals
from shared.domain.severity import Severity


class Category(StrEnum):
    """What kind of package a finding is about."""

    OS = "os"
    LANGUAGE = "language"


class PackageCriterion(msgspec.Struct, frozen=True, rename="camel"):
    """A package by its name or that of its source package, and in one version only if that is given."""

    name: str
    version: str | None = None

    def match(self, finding: Finding) -> bool:
        """Say whether a finding is about this package."""
        package = finding.package
        wanted = self.name.lower()
        if wanted not in (package.name.lower(), package.source.lower()):
            return False
        return self.version is None or self.version in (package.version, package.source_version)


class RuledImage(NamedTuple):
    """What criteria look at of an image; releases are like ``debian`` and ``debian 12``, none where it is not known."""

    digest: str
    repositories: tuple[str, ...]
    tags: tuple[str, ...]
    os_releases: tuple[str, ...]


class Criteria(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """What must be met for a finding to be disabled: every criterion that is given, any value of a list.

    Tags are patterns as a shell has them, such as ``dev-*``; ``text`` is looked for in title and remediation. ``purls``
    are package URLs: the package itself, and not those of the same source. ``not_exploited`` is met by flaws that are
    not known to be exploited, and by nothing where that is not known of any; ``epss_below`` by flaws that are CVEs, of
    which every one is known to have a lower EPSS score.
    """

    cves: tuple[str, ...] = ()
    finding_ids: tuple[str, ...] = ()
    severity_below: Severity | None = None
    packages: tuple[PackageCriterion, ...] = ()
    category: Category | None = None
    text: str = ""
    cvss_below: float | None = None
    fix_statuses: tuple[FixStatus, ...] = ()
    digests: tuple[str, ...] = ()
    repositories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    os_releases: tuple[str, ...] = ()
    purls: tuple[str, ...] = ()
    not_exploited: bool = False
    epss_below: float | None = None

    @property
    def empty(self) -> bool:
        """Say whether no criterion is given; such a rule would hide everything and is refused."""
        return self == Criteria()

    @property
    def about_images(self) -> bool:
        """Say whether any criterion is on images."""
        return bool(self.digests or self.repositories or self.tags or self.os_releases)

    def concern(self, image: RuledImage) -> bool:
        """Say whether an image meets every criterion on images that is given."""
        return (
            (not self.digests or image.digest in self.digests)
            and (not self.repositories or not set(self.repositories).isdisjoint(image.repositories))
            and (not self.tags or any(map(_pattern(self.tags).fullmatch, image.tags)))
            and (not self.os_releases or not _lowered(self.os_releases).isdisjoint(map(str.lower, image.os_releases)))
        )

    @property
    def asks_signals(self) -> bool:
        """Say whether any criterion is on what changes from day to day."""
        return self.not_exploited or self.epss_below is not None

    def match(self, finding: Finding, signals: RuleSignals = NO_SIGNALS) -> bool:
        """Say whether a finding meets every criterion on findings that is given; without any, nothing is hidden.

        Where no signals are at hand, nothing can be said of exploitation, and no criterion on it is met.
        """
        return (
            not self.empty
            and (not self.not_exploited or signals.unexploited(finding))
            and (self.epss_below is None or signals.unlikely(finding))
            and (not self.cves or not flaw_names(finding).isdisjoint(_raised(self.cves)))
            and (not self.finding_ids or finding.id in self.finding_ids)
            and (self.severity_below is None or _below(finding.severity, self.severity_below))
            and (not self.packages or any(package.match(finding) for package in self.packages))
            and (not self.purls or any(covers(purl, finding.package.purl) for purl in self.purls))
            and (self.category is None or self.category is category(finding))
            and (not self.text or self.text.lower() in f"{finding.title}\n{finding.remediation}".lower())
            and (self.cvss_below is None or (finding.cvss is not None and finding.cvss < self.cvss_below))
            and (not self.fix_statuses or finding.fix_status in self.fix_statuses)
        )


def category(finding: Finding) -> Category:
    """Say whether a finding is about a package of the distribution or of a language."""
    return Category.OS if finding.package.purl.startswith(OS_PACKAGE_PURLS) else Category.LANGUAGE


def _below(severity: Severity, limit: Severity) -> bool:
    # "unknown" may be anything: a rule on severity never hides it.
    return severity is not Severity.UNKNOWN and severity.rank > limit.rank


@lru_cache(maxsize=512)
def _raised(names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(name.upper() for name in names)


@lru_cache(maxsize=512)
def _lowered(names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(name.lower() for name in names)


@lru_cache(maxsize=512)
def _pattern(patterns: tuple[str, ...]) -> re.Pattern[str]:
    # What the standard library makes of a pattern never backtracks, however many stars it has.
    return re.compile("|".join(map(translate, patterns)))
