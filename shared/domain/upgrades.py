"""What to do about an unhealthy image: the upgrades that close its open findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

import msgspec

from shared.domain.findings import Finding
from shared.domain.severity import Severity


class Upgrade(msgspec.Struct, frozen=True, rename="camel", gc=False):
    """One package to upgrade: from which version, to which fixed ones, and how many findings that closes.

    Those that no version closes are an entry of their own, without a fixed version. ``severities`` are the findings by
    those severities that occur.

    ``purl`` is that of one of the packages, as it is installed.

    ``fixed_versions`` are the versions that close at least one of them, oldest first: the last one closes all. There
    is none where no fix exists.
    """

    package: str
    ecosystem: str
    purl: str
    installed: str
    fixed_versions: tuple[str, ...]
    findings: int
    worst: Severity
    remediation: str
    severities: Mapping[str, int] = {}


type VersionOrder = Callable[[str, Iterable[str]], tuple[str, ...]]
"""Sorts versions of one kind of package, named by a package URL, oldest first."""


class UpgradeKey(NamedTuple):
    """What findings are told apart by over all images: the package to upgrade, and whether an upgrade closes them."""

    package: str
    ecosystem: str
    fixable: bool


class _Key(NamedTuple):
    upgrade: UpgradeKey
    installed: str


def upgrade_of(finding: Finding) -> UpgradeKey:
    """Say what is to be upgraded for a finding: the source package, if that is known."""
    package = finding.package
    return UpgradeKey(package.source or package.name, package.ecosystem, bool(finding.fixed_version))


def upgrades(open_findings: Iterable[Finding], in_order: VersionOrder) -> tuple[Upgrade, ...]:
    """Group findings by the package whose upgrade closes them, the upgrade that closes most first.

    Packages built from one source are upgraded together and are therefore one entry, named after the source.
    """
    groups: dict[_Key, list[Finding]] = {}
    for finding in open_findings:
        package = finding.package
        key = _Key(upgrade_of(finding), package.source_version or package.version)
        groups.setdefault(key, []).append(finding)
    made = [_upgrade(key, group, in_order) for key, group in groups.items()]
    return tuple(sorted(made, key=_place))


def _place(upgrade: Upgrade) -> tuple[int, int, str, str, str, bool]:
    unfixed = not upgrade.fixed_versions
    return upgrade.worst.rank, -upgrade.findings, upgrade.package, upgrade.ecosystem, upgrade.installed, unfixed


def _upgrade(key: _Key, group: list[Finding], in_order: VersionOrder) -> Upgrade:
    (package, ecosystem, _), installed = key
    fixed = in_order(group[0].package.purl, {finding.fixed_version for finding in group if finding.fixed_version})
    return Upgrade(
        package=package,
        ecosystem=ecosystem,
        purl=group[0].package.purl,
        installed=installed,
        fixed_versions=fixed,
        findings=len(group),
        worst=min((finding.severity for finding in group), key=lambda severity: severity.rank),
        remediation=_closing_most(group, fixed).remediation,
        severities=dict(Counter(str(finding.severity) for finding in group)),
    )


def _closing_most(group: list[Finding], fixed: tuple[str, ...]) -> Finding:
    """Choose the finding whose remedy closes the others too: the one that was fixed last."""
    return max(group, key=lambda one: (fixed.index(one.fixed_version) if one.fixed_version in fixed else -1, one.id))
