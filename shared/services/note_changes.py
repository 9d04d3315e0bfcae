"""Leave a notice in the outbox whenever what is shown of an image calls for one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC
from typing import Any

import msgspec

from shared.domain.findings import Finding, Report
from shared.domain.image import Charge
from shared.domain.image_health import judge, rules_for
from shared.domain.notices import Judged, Notice, Told, news, silently
from shared.domain.references import ImageId
from shared.domain.severity import Severity
from shared.projections.image_rows import ImageRow, ImageTable
from shared.projections.outbox import Outbox, Remembered, notice_id
from shared.projections.projector import ENDED
from shared.projections.rules import RuleReader, fingerprint
from shared.services.commands import Clock
from shared.storage.documents import DocumentMissing, DocumentStore
from shared.storage.tables import RowChanged

_ATTEMPTS = 6


@dataclass(frozen=True)
class NoteChanges:
    """Follows the live projection: one row of it, one decision, however often and late it is asked.

    The rows of a rebuild are never looked at, and a notice is written in one transaction with what it tells, so that
    no change is told twice and none is lost.
    """

    images: ImageTable
    rules: RuleReader
    reports: DocumentStore[Report]
    outbox: Outbox
    source: Callable[[str], str]
    notify_from: Severity
    now: Clock

    def __call__(self, about: ImageId) -> Notice | None:
        """Compare an image with what was told of it; return the notice that was left, if any."""
        for _ in range(_ATTEMPTS):
            try:
                return self._follow(about)
            except RowChanged:
                continue
        raise RowChanged(f"what was told of {about.registry}/{about.digest} changes too often")

    def _follow(self, about: ImageId) -> Notice | None:
        # What was told is read first: should it change meanwhile, the write is refused, and the row is read again.
        before = self.outbox.remembered(about)
        found = self.images.get(about)
        if found is None:
            return None
        row = found[0]
        basis = f"{row.version} {row.revision} {row.rules} {row.answer.listed}"
        if before is not None and before.basis == basis:
            return None
        judged = self._judged(about, row)
        if judged is None:
            return None
        told, notice = self._decide(before, judged, row.state.charge)
        number = (before.number if before else 0) + (notice is not None)
        event = self._event(about, row, notice, number) if notice else None
        then = Remembered(told, basis, number, before.etag if before else None)
        self.outbox.note(about, then, event)
        return notice

    def _decide(self, before: Remembered | None, judged: Judged, first: Charge | None) -> tuple[Told, Notice | None]:
        if before is not None:
            return news(before.told, judged, self.notify_from)
        # An image is charged at its first answer: one that came before there were notices is known already.
        if first is not None and first.at < self.outbox.since(self.now()):
            return silently(judged, self.notify_from), None
        return news(Told(), judged, self.notify_from)

    def _judged(self, about: ImageId, row: ImageRow) -> Judged | None:
        """Give an image with its open findings; None where its row was made under other rules than those read now."""
        active = rules_for(about, row.state, self.rules.book().active(self.now()))
        if row.rules.removesuffix(ENDED) != fingerprint(active):
            return None  # a hint to project it anew is under way
        name = row.state.last_scan.event.report if row.state.last_scan else ""
        try:
            report = self.reports.load(name) if name else None
        except DocumentMissing:
            report = None  # too old to be kept: the verdict is not-assessed, and nothing is told
        still_open = tuple(one.finding for one in judge(report, active) if one.disabled_by is None)
        return Judged(row.answer.listed, row.answer.health, still_open)

    def _event(self, about: ImageId, row: ImageRow, notice: Notice, number: int) -> dict[str, Any]:
        health = row.answer.health
        return {
            "specversion": "1.0",
            "id": notice_id(about, number),
            "source": self.source(about.registry),
            "type": str(notice.kind),
            "subject": f"{health.repository}@{about.digest}",
            "time": self.now().astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z"),
            "datacontenttype": "application/json",
            "data": {
                "registry": about.registry,
                "repository": health.repository,
                "tags": health.tags,
                "digest": about.digest,
                "platform": health.platform,
                "health": str(health.health) if row.answer.listed else "deleted",
                "reason": notice.reason,
                "severities": health.severities,
                "disabledFindings": health.disabled_findings,
                "lastScan": msgspec.to_builtins(health.last_scan),
                "findings": [_finding(one) for one in notice.findings],
                "findingCount": notice.finding_count,
            },
        }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "id": finding.id,
        "cve": finding.cve,
        "package": finding.package.name,
        "version": finding.package.version,
        "severity": str(finding.severity),
        "fixedVersion": finding.fixed_version,
        "remediation": finding.remediation,
    }
