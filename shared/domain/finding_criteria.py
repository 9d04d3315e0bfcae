"""What findings over all images are searched by."""

from __future__ import annotations

import msgspec

from shared.domain.exploits import NOTHING, Exploit
from shared.domain.findings import AffectedPackage, flaw_names
from shared.domain.image_health import ImageHealth, JudgedFinding
from shared.domain.severity import Severity


class FindingCriteria(msgspec.Struct, frozen=True):
    """What a finding and its image must meet: everything that is given; None is no limit.

    ``cve`` may be any name of the flaw, its advisory and aliases included, in any case. ``package`` is the name of the
    package or of its source package, in any case, and ``version`` then the version of that one. ``fixable``: a fixed
    version is known. ``exploited``: it is a known exploited vulnerability; ``epss_from``: its EPSS score is this or
    higher.
    """

    registry: str | None = None
    repository: str | None = None
    digest: str | None = None
    cve: str | None = None
    package: str | None = None
    version: str | None = None
    severity: Severity | None = None
    finding_id: str | None = None
    disabled: bool | None = None
    fixable: bool | None = None
    exploited: bool | None = None
    epss_from: float | None = None

    def hold(self, image: ImageHealth, judged: JudgedFinding, exploit: Exploit = NOTHING) -> bool:
        """Say whether a finding of an image is looked for, given what is known of its exploitation."""
        return self.hold_for_image(image) and self._hold_for_finding(judged) and self._hold_for_exploit(exploit)

    def _hold_for_exploit(self, exploit: Exploit) -> bool:
        return self.exploited in (None, exploit.kev is not None) and (
            self.epss_from is None or (exploit.epss is not None and exploit.epss >= self.epss_from)
        )

    def hold_for_image(self, image: ImageHealth) -> bool:
        """Say whether an image is one in which findings are looked for."""
        return (
            self.registry in (None, image.registry)
            and (self.repository is None or self.repository in image.repositories)
            and self.digest in (None, image.digest)
        )

    def _hold_for_finding(self, judged: JudgedFinding) -> bool:
        finding = judged.finding
        return (
            (self.cve is None or self.cve.upper() in flaw_names(finding))
            and self._hold_for_package(finding.package)
            and self.severity in (None, finding.severity)
            and self.finding_id in (None, finding.id)
            and self.disabled in (None, judged.disabled_by is not None)
            and self.fixable in (None, finding.fixed_version is not None)
        )

    def _hold_for_package(self, package: AffectedPackage) -> bool:
        return any(
            (self.package is None or self.package.lower() == name) and self.version in (None, version)
            for name, version in package_names(package)
        )


def package_names(package: AffectedPackage) -> frozenset[tuple[str, str]]:
    """Give the names, in lower case, under which a package is found, each with its version: its own and its source's.

    A source package without a version of its own has the package's.
    """
    names = {(package.name.lower(), package.version)}
    if package.source:
        names.add((package.source.lower(), package.source_version or package.version))
    return frozenset(names)
