"""Compare the findings of two images, such as what a tag named before and what it names now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import msgspec

from shared.domain.comparison import Comparison, compare
from shared.domain.image_health import Health, ImageHealth
from shared.domain.references import ImageId
from shared.services.query_images import QueryImages


class NotComparable(ValueError):
    """One of two images has no answer, so that its findings are not known; the message says which and why."""


class LeftOpen(msgspec.Struct, frozen=True):
    """What the findings of the two images may lack: what looks fixed may not be, nor new what looks new."""

    older: str
    newer: str


class Compared(NamedTuple):
    """What differs between two images, as far as it is known."""

    findings: Comparison
    left_open: LeftOpen


@dataclass(frozen=True)
class CompareImages:
    """Compares by flaw and package."""

    images: QueryImages

    def __call__(self, older: ImageId, newer: ImageId, at: datetime | None) -> Compared:
        """Compare two images; raise ImageNotFound, NotComparable or ReportNotKept.

        Where nothing is known of one of them, everything would look fixed, or new.
        """
        found = compare(self.images.findings(older, at), self.images.findings(newer, at))
        for about in (older, newer):
            health = self.images.one(about, at).health
            if health.health is Health.UNSUPPORTED or _unknown(health):
                raise NotComparable(f"the findings of {about.digest} are not known: {health.reason}")
        return Compared(found, LeftOpen(self.images.left_open(older, at), self.images.left_open(newer, at)))


def _unknown(health: ImageHealth) -> bool:
    """Say whether an image has no finding for want of an answer: also of advisories, or of a scan that did not fail."""
    return health.health is Health.NOT_ASSESSED and not health.undetermined
