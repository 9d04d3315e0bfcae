"""The health of an image: the state of its stream, its report and the rules in force, put together."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum

import msgspec

from shared.domain.criteria import RuledImage
from shared.domain.end_of_life import end_of_life_gaps
from shared.domain.events import Outcome, ScanCompleted, ScanFailed
from shared.domain.failures import FailureReason
from shared.domain.findings import Finding, Report
from shared.domain.image import EndedScan, ImageState
from shared.domain.references import ImageId
from shared.domain.rules import Rule, disabling_rule
from shared.domain.severity import Severity


class Health(StrEnum):
    """What we can say of an image."""

    HEALTHY = "healthy"
    UNHEALTHY = "unhealthy"
    UNSUPPORTED = "unsupported"
    NOT_ASSESSED = "not-assessed"


_ORDER = (Health.UNHEALTHY, Health.NOT_ASSESSED, Health.UNSUPPORTED, Health.HEALTHY)


class OsInfo(msgspec.Struct, frozen=True, rename="camel"):
    """The distribution of an image, as answers show it."""

    name: str
    version: str


class LastScan(msgspec.Struct, frozen=True, rename="camel"):
    """The scan that an image's health rests on."""

    id: str
    time: datetime
    trigger: str
    advisory_snapshot: str


class ImageHealth(msgspec.Struct, frozen=True, rename="camel"):
    """One image as ``GET /api/images`` shows it."""

    registry: str
    repository: str
    repositories: tuple[str, ...]
    tags: tuple[str, ...]
    digest: str
    platform: str
    os: OsInfo | None
    health: Health
    reason: str
    severities: dict[str, int]
    undetermined: int
    disabled_findings: int
    packages: int
    first_seen: datetime | None
    last_pushed: datetime | None
    last_pulled: datetime | None
    last_scan: LastScan | None
    failure: FailureReason | None
    scanning: bool
    charged: bool


class JudgedFinding(msgspec.Struct, frozen=True):
    """A finding, and the rule that disables it if one does."""

    finding: Finding
    disabled_by: str | None


def health_place(health: Health) -> int:
    """Say where images of a health stand among the others: the lower, the worse."""
    return _ORDER.index(health)


def worst_image_first(health: ImageHealth) -> tuple[int, int, int, int, int, int, str, str, str]:
    """Give the key that orders images: unhealthy ones first, by their worst findings, then the unknown ones."""
    counts = health.severities
    return (
        health_place(health.health),
        -counts[Severity.CRITICAL],
        -counts[Severity.HIGH],
        -counts[Severity.MEDIUM],
        -counts[Severity.LOW],
        -counts[Severity.UNKNOWN],
        health.registry,
        health.repository,
        health.digest,
    )


def judge(report: Report | None, rules: Sequence[Rule]) -> tuple[JudgedFinding, ...]:
    """Say of each finding of a report which of the rules, if any, disables it."""
    if report is None:
        return ()
    judged = []
    for finding in report.findings:
        rule = disabling_rule(finding, rules)
        judged.append(JudgedFinding(finding=finding, disabled_by=rule.id if rule else None))
    return tuple(judged)


def rules_for(image: ImageId, state: ImageState, rules: Sequence[Rule]) -> tuple[Rule, ...]:
    """Choose the rules in whose scope an image lies, and whose criteria on images it meets."""
    if not rules:
        return ()
    repositories = state.present_repositories
    within = tuple(rule for rule in rules if rule.scope.holds_for(image.registry, repositories, image.digest))
    if not any(rule.criteria.about_images for rule in within):
        return within
    os = _os(state.last_scan.event) if state.last_scan else None
    ruled = RuledImage(image.digest, repositories, _tags(state), _releases(os))
    return tuple(rule for rule in within if rule.criteria.concern(ruled))


def image_health(
    image: ImageId,
    state: ImageState,
    judged: Sequence[JudgedFinding],
    threshold: Severity,
    on: date,
    *,
    with_tags: bool = True,
) -> ImageHealth:
    """Put together what is shown of an image on a day (UTC); unknown never looks healthy (DESIGN 1).

    Who asks after each of many events, and shows no tags, leaves them out: there may be thousands.
    """
    scan = state.last_scan
    still_open = [one.finding for one in judged if one.disabled_by is None]
    health, reason = _assess(state, still_open, threshold, on)
    repositories = state.present_repositories or tuple(state.repositories)
    return ImageHealth(
        registry=image.registry,
        repository=repositories[0] if repositories else "",
        repositories=repositories,
        tags=_tags(state) if with_tags else (),
        digest=image.digest,
        platform=str(scan.event.platform) if scan and scan.event.platform else "",
        os=_os(scan.event) if scan else None,
        health=health,
        reason=reason,
        severities=_count(still_open),
        undetermined=sum(finding.undetermined is not None for finding in still_open),
        disabled_findings=len(judged) - len(still_open),
        packages=scan.event.summary.packages if scan and scan.event.summary else 0,
        first_seen=state.first_seen,
        last_pushed=state.last_pushed,
        last_pulled=state.last_pulled,
        last_scan=_last_scan(scan) if scan else None,
        failure=state.last_failure.event.reason if state.last_failure else None,
        scanning=bool(state.open_scans),
        charged=state.charge is not None,
    )


def health_without_report(image: ImageId, state: ImageState, on: date) -> ImageHealth:
    """Put together what can be shown where the report of the last scan is no longer kept.

    The scan's own numbers remain; as nobody can tell any more which findings were disabled, there is no verdict.
    """
    found = image_health(image, state, (), Severity.UNKNOWN, on)
    if state.last_scan is None or not state.last_scan.event.report:
        return found
    summary = state.last_scan.event.summary
    return msgspec.structs.replace(
        found,
        health=Health.NOT_ASSESSED,
        reason="the report of this scan is no longer kept",
        severities=_count(()) | (summary.severities if summary else {}),
        undetermined=summary.undetermined if summary else 0,
    )


def _assess(state: ImageState, still_open: Sequence[Finding], threshold: Severity, on: date) -> tuple[Health, str]:
    scan = state.last_scan
    if scan is None or (state.last_failure is not None and scan.event.outcome is not Outcome.ASSESSED):
        return Health.NOT_ASSESSED, why_unanswered(state)
    if scan.event.outcome is not Outcome.ASSESSED:
        return Health.UNSUPPORTED, scan.event.reason
    counting = [finding for finding in still_open if finding.severity.at_least(threshold)]
    if counting:
        return Health.UNHEALTHY, _counted(len(counting), threshold)
    undetermined = sum(finding.undetermined is not None for finding in still_open)
    if undetermined:
        return Health.NOT_ASSESSED, f"{undetermined} findings could not be decided"
    left_open = what_is_left_open(state, scan, on)
    return (Health.NOT_ASSESSED, left_open) if left_open else (Health.HEALTHY, "")


def what_is_left_open(state: ImageState, scan: EndedScan, on: date) -> str:
    """Say what keeps an image from being assessed on a day, whatever its findings; nothing where nothing does."""
    gaps = gaps_on(scan.event, on)
    if gaps:
        return "; ".join(gaps)
    if state.last_failure is not None:
        # What made somebody ask again, such as new advisories, is not known to have been without consequence.
        return f"{_failed(state.last_failure.event)}; the scan of {scan.at:%Y-%m-%d} found nothing"
    return ""


def why_unanswered(state: ImageState) -> str:
    """Say why an image has no answer of a scan."""
    if state.open_scans:
        return "scan not finished"
    if state.last_failure is not None:
        return _failed(state.last_failure.event)
    return "not scanned yet"


def gaps_on(scan: ScanCompleted, on: date) -> tuple[str, ...]:
    """Say what a scan left open, and that the release has ended by a day (UTC), even where that was after the scan."""
    if scan.summary is None:
        return ("the scan has no summary",)
    return tuple(dict.fromkeys((*scan.summary.gaps, *end_of_life_gaps(scan.distribution, on))))


def _counted(count: int, threshold: Severity) -> str:
    return f"{count} open finding{'' if count == 1 else 's'} of severity {threshold} or above"


def _failed(failure: ScanFailed) -> str:
    return f"scan failed ({failure.reason}): {failure.message}"


def _count(findings: Sequence[Finding]) -> dict[str, int]:
    counts = {str(severity): 0 for severity in Severity}
    for finding in findings:
        counts[finding.severity] += 1
    return counts


def _tags(state: ImageState) -> tuple[str, ...]:
    return tuple(sorted({tag for use in state.repositories.values() for tag in use.current_tags}))


def ruled_image(health: ImageHealth) -> RuledImage:
    """Give what criteria look at of an image that is shown."""
    return RuledImage(health.digest, health.repositories, health.tags, _releases(health.os))


def _releases(os: OsInfo | None) -> tuple[str, ...]:
    return (os.name, f"{os.name} {os.version}") if os else ()


def _os(event: ScanCompleted) -> OsInfo | None:
    if event.distribution is None:
        return None
    return OsInfo(name=event.distribution.id, version=event.distribution.version_id)


def _last_scan(scan: EndedScan) -> LastScan:
    return LastScan(
        id=scan.event.scan_id,
        time=scan.at,
        trigger=scan.event.trigger,
        advisory_snapshot=scan.event.advisory_snapshot,
    )
