"""Trends: how many images of each health, and how many findings of each severity, there were at some times."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from shared.domain.image_health import Health, ImageHealth
from shared.domain.severity import Severity

HEALTHS = (Health.HEALTHY, Health.UNHEALTHY, Health.UNSUPPORTED, Health.NOT_ASSESSED)


class TrendPoint(msgspec.Struct, frozen=True, rename="camel"):
    """The totals of all images that were listed at a time; findings are the open ones."""

    time: datetime
    images: Mapping[str, int]
    findings: Mapping[str, int]
    disabled_findings: int


class Totals(msgspec.Struct):
    """Totals that images are added to."""

    images: dict[str, int] = msgspec.field(default_factory=lambda: {str(one): 0 for one in Health})
    findings: dict[str, int] = msgspec.field(default_factory=lambda: {str(one): 0 for one in Severity})
    disabled: int = 0

    @classmethod
    def of(cls, counts: Sequence[int]) -> Totals:
        """Make them of the numbers of images by ``HEALTHS``, of findings by severity, and of disabled findings."""
        images = {str(one): count for one, count in zip(HEALTHS, counts, strict=False)}
        findings = {str(one): count for one, count in zip(Severity, counts[len(HEALTHS) :], strict=False)}
        return cls(images, findings, counts[-1])

    def add(self, shown: ImageHealth) -> None:
        """Count what is shown of an image."""
        self.images[shown.health] += 1
        for severity, count in shown.severities.items():
            self.findings[severity] += count
        self.disabled += shown.disabled_findings

    def at(self, time: datetime) -> TrendPoint:
        """Give them as the point of a time."""
        return TrendPoint(time, self.images, self.findings, self.disabled)


def spaced(begin: datetime, end: datetime, count: int) -> tuple[datetime, ...]:
    """Give so many times from one to another, both included, evenly spaced, oldest first; of one it is the end."""
    step = (end - begin) / max(1, count - 1)
    return (*(begin + number * step for number in range(count - 1)), end)
