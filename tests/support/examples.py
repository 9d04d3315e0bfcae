"""Small true-to-life examples of the domain's words, for tests to vary."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.domain.events import DomainEvent, Meta, Outcome, RecordedEvent, ScanCompleted, ScanSummary, Trigger
from shared.domain.findings import AffectedPackage, Coverage, Finding, FixStatus, Report, finding_id
from shared.domain.media_types import DOCKER_MANIFEST
from shared.domain.packages import Distribution, Inventory, Package, Platform
from shared.domain.references import ImageId
from shared.domain.registry_activity import RegistryDeletion, RegistryPull, RegistryPush
from shared.domain.severity import Severity

REGISTRY = "contoso.azurecr.io"
RESOURCE = "/subscriptions/1/resourceGroups/g/providers/Microsoft.ContainerRegistry/registries/contoso"
START = datetime(2026, 11, 2, 10, 0, tzinfo=UTC)
LINUX = Platform("linux", "amd64")
DEBIAN = Distribution("debian", "12", "Debian GNU/Linux 12 (bookworm)")


def digest(number: int) -> str:
    """Return a digest; equal numbers give equal ones."""
    return f"sha256:{number:064x}"


def image_id(number: int = 1) -> ImageId:
    """Return an image of the example registry."""
    return ImageId(REGISTRY, digest(number))


def at(minutes: float = 0) -> datetime:
    """Return a time some minutes after the start of all examples."""
    return START + timedelta(minutes=minutes)


def recorded(
    version: int,
    event: DomainEvent,
    when: datetime = START,
    *,
    cause: str = "cause",
    recorded_at: datetime | None = None,
) -> RecordedEvent:
    """Return an event as the log gives it."""
    meta = Meta(when, recorded_at or when, actor="tests", cause=cause, correlation_id=cause)
    return RecordedEvent(version, event, meta)


def stream(*events: DomainEvent) -> list[RecordedEvent]:
    """Return events that happened a minute apart."""
    return [recorded(number, event, at(number - 1)) for number, event in enumerate(events, start=1)]


def package(name: str = "openssl", version: str = "3.0.1", **changes: Any) -> Package:
    """Return a Debian package."""
    fields: dict[str, Any] = {
        "ecosystem": "Debian",
        "purl": f"pkg:deb/debian/{name}@{version}",
        "path": "var/lib/dpkg/status",
        "layer": digest(900),
    }
    return Package(name, version, **{**fields, **changes})


def finding(
    flaw: str = "CVE-2026-0001", severity: Severity = Severity.HIGH, of: Package | None = None, **changes: Any
) -> Finding:
    """Return a finding that a newer version fixes."""
    hit = of or package()
    fields: dict[str, Any] = {
        "id": finding_id(flaw, hit),
        "cve": flaw,
        "advisory": f"DEBIAN-{flaw}",
        "aliases": (),
        "package": AffectedPackage.of(hit),
        "severity": severity,
        "ratings": (),
        "cvss": None,
        "published": None,
        "fixed_version": "3.0.2",
        "fix_status": FixStatus.FIXED,
        "remediation": f"upgrade {hit.name}",
        "references": (),
    }
    return Finding(**{**fields, **changes})


def report(findings: Sequence[Finding] = (), gaps: tuple[str, ...] = ()) -> Report:
    """Return a report of one package or more."""
    return Report(tuple(findings), Coverage(("Debian:12",), gaps), max(1, len(findings)))


def inventory(*packages: Package, **changes: Any) -> Inventory:
    """Return the inventory of a Debian image with shell and package manager."""
    fields: dict[str, Any] = {"distribution": DEBIAN, "has_shell": True, "has_package_manager": True}
    return Inventory(packages or (package(),), **{**fields, **changes})


def summary(count: int = 0, *, severity: Severity = Severity.HIGH, gaps: tuple[str, ...] = ()) -> ScanSummary:
    """Return the numbers of a scan that found ``count`` flaws."""
    severities = {str(one): 0 for one in Severity} | {str(severity): count}
    return ScanSummary(severities=severities, undetermined=0, packages=1, gaps=gaps)


def completed(scan_id: str = "scan-1", **changes: Any) -> ScanCompleted:
    """Return the answer of a scan that found nothing."""
    fields: dict[str, Any] = {
        "trigger": Trigger.PUSH,
        "outcome": Outcome.ASSESSED,
        "charged": False,
        "repository": "app",
        "summary": summary(),
        "platform": LINUX,
        "distribution": DEBIAN,
    }
    return ScanCompleted(scan_id, **{**fields, **changes})


def push(event_id: str = "e1", number: int = 1, minute: float = 0, **changes: Any) -> RegistryPush:
    """Return a push of an image under the tag v1."""
    fields: dict[str, Any] = {
        "registry": REGISTRY,
        "repository": "app",
        "tag": "v1",
        "media_type": DOCKER_MANIFEST,
        "actor": "ci",
    }
    return RegistryPush(event_id=event_id, digest=digest(number), at=at(minute), **{**fields, **changes})


def deletion(event_id: str = "d1", number: int = 1, minute: float = 0, repository: str = "app") -> RegistryDeletion:
    """Return the deletion of a manifest."""
    return RegistryDeletion(event_id, REGISTRY, repository, digest(number), at(minute), "ci")


def pull(event_id: str = "p1", number: int = 1, minute: float = 0, **changes: Any) -> RegistryPull:
    """Return a pull of an image."""
    fields: dict[str, Any] = {
        "registry": REGISTRY,
        "repository": "app",
        "tag": "v1",
        "media_type": DOCKER_MANIFEST,
        "actor": "kubelet",
    }
    return RegistryPull(event_id=event_id, digest=digest(number), at=at(minute), **{**fields, **changes})
