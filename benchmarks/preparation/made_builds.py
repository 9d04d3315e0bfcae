"""Builds of applications as an index takes them, without storage: on shared bases, or with nothing in common."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import NamedTuple

import msgspec

from benchmarks.preparation.made_findings import made_finding
from shared.advisories.versions.order import in_order
from shared.domain.events import Outcome, ScanCompleted, ScanSummary, Trigger
from shared.domain.findings import (
    Coverage,
    Finding,
    Report,
    worst_first,
)
from shared.domain.image import EndedScan, ImageState
from shared.domain.image_health import Health, image_health, judge
from shared.domain.image_past import Clock, Departure, ImagePast, Pull, Said, Standing
from shared.domain.lineage import TagSpan, lineage_of
from shared.domain.packages import Distribution, Package, Platform
from shared.domain.references import ImageId
from shared.domain.severity import Severity
from shared.domain.upgrades import upgrades
from shared.projections.findings_index.contents import StoredReport, Taken
from shared.projections.image_rows import ImageAnswer, ImageRow

NOW = datetime(2026, 11, 2, tzinfo=UTC)
BASES = 20
_REPOSITORIES = 250
_REGISTRIES = 4
_OF_BASE, _OF_APPLICATION = 100, 50
_BASE_LAYERS, _OWN_LAYERS = 5, 4
_CHANGES = 12
_SEVERITIES = (Severity.LOW, Severity.MEDIUM, Severity.NEGLIGIBLE, Severity.HIGH, Severity.MEDIUM, Severity.CRITICAL)


class Build(NamedTuple):
    """An image as the projector gives it, and its report."""

    taken: Taken
    name: str
    report: StoredReport


def builds(images: int, *, shared: bool) -> Iterator[Build]:
    """Yield builds of 250 applications, in turn; unless ``shared``, no two have a base or a finding in common.

    Of shared ones each application stays on its base, and of its own findings every release has one that is new, in a
    layer that is new: 150 findings in all.
    """
    for number in range(images):
        yield _build(number, images, shared=shared)


def image_of(number: int) -> ImageId:
    """Name a build."""
    return ImageId(f"registry{number % _REPOSITORIES % _REGISTRIES}.example", _digest(f"image {number}"))


def _build(number: int, images: int, *, shared: bool) -> Build:
    release, application = divmod(number, _REPOSITORIES)
    base = str(application % BASES) if shared else f"of {number}"
    own = (release + one if shared else one for one in range(_OF_APPLICATION))
    application_name = str(application) if shared else f"of {number}"
    layers = tuple(_digest(f"base {base}/{one}") for one in range(_BASE_LAYERS))
    ours = tuple(_digest(f"own {number}/{one}") for one in range(_OWN_LAYERS))
    below = _of_base(base, layers)
    above = [_finding(f"app{application_name}-{flaw}", flaw, "npm", ours[1 + flaw % 2]) for flaw in own]
    findings = worst_first((*below, *above))
    content = tuple(msgspec.Raw(msgspec.json.encode(one)) for one in findings)
    name = hashlib.sha256(b"".join(map(bytes, content))).hexdigest()
    row = _row(number, images, (*layers, *ours), findings, name)
    return Build((image_of(number), row, f"etag {number}"), name, StoredReport(content))


@cache
def _of_base(base: str, layers: tuple[str, ...]) -> tuple[Finding, ...]:
    return tuple(_finding(f"base{base}-{one}", one, "Debian", layers[one % 3]) for one in range(_OF_BASE))


def _row(number: int, images: int, layers: tuple[str, ...], findings: tuple[Finding, ...], report: str) -> ImageRow:
    release, application = divmod(number, _REPOSITORIES)
    about, repository = image_of(number), f"team/app{application}"
    pushed = NOW - timedelta(days=365 * (1 - number / images))
    state = ImageState(version=3, first_seen=pushed, last_pushed=pushed, last_scan=_scan(repository, layers, report))
    judged = judge(Report(findings, Coverage(("Debian:12",), ()), 400), ())
    counting = [one for one in findings if one.severity.at_least(Severity.LOW)]
    shown = image_health(about, state, judged, Severity.LOW, NOW.date())
    successor = number + _REPOSITORIES
    last = successor >= images
    health = msgspec.structs.replace(
        shown,
        health=Health.UNHEALTHY,
        repository=repository,
        repositories=(repository,),
        tags=(f"v{release}", "latest") if last else (f"v{release}",),
        last_pulled=NOW,
    )
    spans = (TagSpan(repository, f"v{release}", None), TagSpan(repository, "latest", None if last else NOW))
    lineage = msgspec.structs.replace(lineage_of(state, counting, NOW.date()), tags=spans)
    answer = ImageAnswer(health, upgrades(counting, in_order), True, lineage)
    left = NOW - timedelta(days=365 * (1 - successor / images))
    departures = () if last else (Departure(left, left, image_of(successor).digest),)
    past = ImagePast(
        until=NOW,
        answered=pushed,
        standings=tuple(_standings(pushed, shown.severities, repository)),
        clocks=tuple(_clocks(findings, pushed)),
        departures=departures,
    )
    return ImageRow(3, "", "", state, answer, past)


def _scan(repository: str, layers: tuple[str, ...], report: str) -> EndedScan:
    event = ScanCompleted(
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
        summary=ScanSummary({"critical": 0, "high": 0}, 0, 400, ()),
        layers=layers,
    )
    return EndedScan(event, NOW)


def _standings(pushed: datetime, counts: dict[str, int], repository: str) -> Iterator[Standing]:
    step = (NOW - pushed) / _CHANGES
    worst = tuple(counts[severity] for severity in Severity)
    for turn in range(_CHANGES):
        found = (*worst[:3], max(0, worst[3] - _CHANGES + turn), *worst[4:])
        yield Standing(pushed + turn * step, Health.UNHEALTHY, found, 0, (repository,))


def _clocks(findings: Sequence[Finding], pushed: datetime) -> Iterator[Clock]:
    for place, one in enumerate(findings):
        # Four of five are known at the push, the others come with one of ten later scans; some go away again.
        since = pushed if place % 5 else pushed + (NOW - pushed) * ((place // 5) % 10 + 1) / 12
        yield Clock(
            id=one.id,
            flaw=one.cve or "",
            ecosystem=one.package.ecosystem,
            package=one.package.name,
            version=one.package.version,
            published=one.published,
            since=since,
            precise=True,
            said=(Said(since, one.severity),),
            fixable=since,
            pulled=Pull(since, since),
        )


@cache
def _digest(name: str) -> str:
    return f"sha256:{hashlib.sha256(name.encode()).hexdigest()}"


def _finding(flaw: str, place: int, ecosystem: str, layer: str) -> Finding:
    name, version, cve = f"package{place // 2}", f"1.{place}-1", f"CVE-2026-{flaw}"
    package = Package(
        name, version, ecosystem, f"pkg:deb/debian/{name}@{version}?distro=debian-12", "var/lib/dpkg/status", layer,
        f"source{place // 3}", version,
    )  # fmt: skip
    severity = _SEVERITIES[place % len(_SEVERITIES)]
    return made_finding(cve, f"GHSA-{flaw}", package, severity, fixed=bool(place % 3))
