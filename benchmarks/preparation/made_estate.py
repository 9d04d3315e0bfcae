"""An estate that is made up: images that share most of their findings, as builds of the same applications do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

from shared.domain.findings import AffectedPackage, Finding, FixStatus, finding_id
from shared.domain.image_health import Health, ImageHealth, JudgedFinding, LastScan, OsInfo
from shared.domain.packages import Package
from shared.domain.references import ImageId
from shared.domain.registry_resources import RegistryResource
from shared.domain.severity import Severity
from shared.projections.findings_index.interface import Revision
from shared.services.query_estate import Estate, RegistryImages

_AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
_REGISTRY = "bench.azurecr.io"
_KNOWN = 3000
# Three of ten findings are high, as severities of a Debian image are.
_SEVERITIES = (*("high",) * 3, *("medium",) * 4, *("low",) * 2, "critical")


@dataclass(frozen=True)
class MadeEstate:
    """So many findings, each image with so many of them; nothing ever changes in it."""

    findings: int
    of_each: int = 100

    def revision(self) -> Revision:
        """Return the state, which is always the same."""
        return Revision("made", 1, "")

    def changes(self, since: Revision | None) -> Iterator[ImageId]:
        """Yield no image: nothing was there before the first one."""
        yield from ()

    def __call__(self) -> Estate:
        """Return the estate."""
        subscription = "00000000-0000-0000-0000-000000000000"
        resource = RegistryResource(_REGISTRY, subscription, "bench", "bench")
        registries = (RegistryImages(resource, self._images),)
        return Estate(subscription, Severity.LOW, _AT, registries, (), self._findings_of)

    @cached_property
    def _images(self) -> tuple[ImageHealth, ...]:
        return tuple(_image(number, self.of_each) for number in range(self.findings // self.of_each))

    @cached_property
    def _known(self) -> list[JudgedFinding]:
        return [JudgedFinding(_finding(number), None) for number in range(_KNOWN)]

    def _findings_of(self, health: ImageHealth) -> list[JudgedFinding]:
        first = int(health.digest[-8:], 16) * 7
        return [self._known[(first + number) % _KNOWN] for number in range(self.of_each)]


def _finding(number: int) -> Finding:
    package = Package(
        f"package-{number % 400}", f"1.{number % 30}", "Debian", "pkg:deb/debian/x", "var/lib/dpkg/status", "sha256:0"
    )
    cve = f"CVE-2026-{number:05}"
    return Finding(
        id=finding_id(cve, package),
        cve=cve,
        advisory=f"DEBIAN-{cve}",
        aliases=(),
        package=AffectedPackage.of(package),
        severity=Severity(_SEVERITIES[number % 10]),
        ratings=(),
        cvss=None,
        published="2026-03-01T00:00:00Z",
        fixed_version="2.0",
        fix_status=FixStatus.FIXED,
        remediation=f"upgrade {package.name}",
        references=tuple(f"https://example.org/{cve}/{one}" for one in range(4)),
        title="A flaw of a package, told in a sentence of about the usual length of such sentences",
    )


def _image(number: int, findings: int) -> ImageHealth:
    return ImageHealth(
        registry=_REGISTRY,
        repository=f"team/app-{number % 50}",
        repositories=(f"team/app-{number % 50}",),
        tags=(f"v{number}",),
        digest=f"sha256:{number:064x}",
        platform="linux/amd64",
        os=OsInfo("debian", "12"),
        health=Health.UNHEALTHY,
        reason="",
        severities={**dict.fromkeys(map(str, Severity), 0), "high": findings},
        undetermined=0,
        disabled_findings=0,
        packages=400,
        first_seen=_AT,
        last_pushed=_AT,
        last_pulled=None,
        last_scan=LastScan("scan", _AT, "push", "snapshot"),
        failure=None,
        scanning=False,
        charged=True,
    )
