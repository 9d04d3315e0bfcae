"""A fleet of projected images over the storage emulator: the rows of the images table, and their reports.

The rows are what the projector makes of a push and its scan; they are written many at a time.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import batched

from benchmarks.preparation.made_findings import made_finding
from shared.bootstrap import App
from shared.domain.events import (
    DomainEvent,
    ImageTagged,
    Meta,
    Outcome,
    RecordedEvent,
    ScanCompleted,
    ScanRequested,
    ScanSummary,
    Trigger,
)
from shared.domain.findings import Coverage, Finding, Report
from shared.domain.media_types import DOCKER_MANIFEST
from shared.domain.packages import Distribution, Package, Platform
from shared.domain.references import ImageId
from shared.domain.severity import Severity
from shared.projections.rules import RulesNow
from shared.settings import Settings
from shared.storage.account import load_sdk

FINDINGS = 100  # in each report
_AT = datetime(2026, 11, 2, tzinfo=UTC)
_REGISTRIES = 4
_REPOSITORIES = 250
_WRITERS = 4
_SEVERITIES = (Severity.LOW, Severity.MEDIUM, Severity.NEGLIGIBLE, Severity.HIGH, Severity.UNKNOWN, Severity.CRITICAL)


def write_fleet(storage: str, images: int, reports: int) -> None:
    """Write images that have so many different reports, with 100 findings each of which no other report has."""
    load_sdk()
    app = App(Settings(storage_connection=storage))
    with ThreadPoolExecutor(_WRITERS) as pool:
        names = list(pool.map(app.reports.save, map(_report, range(reports))))
    table = app.generations.live().images
    for numbers in batched(sorted(range(images), key=lambda number: number % reports), 100, strict=False):
        made = [_image(number, names[number % reports]) for number in numbers]
        rows = [(about, app.projector.from_events(about, events, RulesNow())) for about, events in made]
        for _, same in itertools.groupby(sorted(rows, key=lambda row: row[0]), key=lambda row: row[0].registry):
            table.create(list(same))


def image_number(number: int) -> ImageId:
    """Name an image of the fleet."""
    digest = hashlib.sha256(str(number).encode()).hexdigest()
    return ImageId(f"registry{number % _REGISTRIES}.example", f"sha256:{digest}")


def repository_of(number: int) -> str:
    """Name the repository of an image of the fleet."""
    return f"team/app{number % _REPOSITORIES}"


def cve(report: int, flaw: int) -> str:
    """Name a flaw that the images with a report have, and no others."""
    return f"CVE-2026-{report:05d}{flaw:03d}"


def _image(number: int, report: str) -> tuple[ImageId, list[RecordedEvent]]:
    meta = Meta(_AT, _AT, "benchmark", "push", "push")
    events = [RecordedEvent(version, event, meta) for version, event in enumerate(_events(number, report), start=1)]
    return image_number(number), events


def _events(number: int, report: str) -> Iterator[DomainEvent]:
    repository = repository_of(number)
    yield ImageTagged(repository, f"v{number}", DOCKER_MANIFEST)
    yield ScanRequested("push", repository, Trigger.PUSH)
    yield ScanCompleted(
        "push",
        Trigger.PUSH,
        Outcome.ASSESSED,
        charged=True,
        repository=repository,
        platform=Platform("linux", "amd64"),
        distribution=Distribution("debian", "12", "Debian GNU/Linux 12 (bookworm)"),
        report=report,
        inventory=report,
        advisory_snapshot="2026-11-02",
        reader_version="1",
        summary=ScanSummary({"critical": 0, "high": 0}, 0, 96, ()),
    )


def _report(number: int) -> Report:
    return Report(tuple(_finding(number, flaw) for flaw in range(FINDINGS)), Coverage(("Debian:12",), ()), 96)


def _finding(report: int, flaw: int) -> Finding:
    name, version = f"package{flaw // 2}", f"1.{report}-1"
    purl = f"pkg:deb/debian/{name}@{version}?distro=debian-12"
    layer = f"sha256:{report:064x}"
    package = Package(name, version, "Debian", purl, "var/lib/dpkg/status", layer, f"source{flaw // 4}", version)
    severity = _SEVERITIES[flaw % len(_SEVERITIES)]
    alias = f"GHSA-{report:04d}-{flaw:04d}"
    return made_finding(cve(report, flaw), alias, package, severity, fixed=bool(flaw % 3))
