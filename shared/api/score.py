"""The secure score as the product's own API gives it: the same points as for clients of Azure Resource Manager."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from shared.api.arm.secure_score import score
from shared.api.arm.tally import Tally
from shared.domain.image_health import Health, ImageHealth


def score_body(images: Iterable[ImageHealth]) -> dict[str, Any]:
    """Give the points that images earn, ``{max, current, percentage}``, and ``images``: how many have which health."""
    tally = Tally.of(images)
    counts = {
        Health.HEALTHY: tally.healthy,
        Health.UNHEALTHY: tally.unhealthy,
        Health.NOT_ASSESSED: tally.not_assessed,
        Health.UNSUPPORTED: tally.unsupported,
    }
    return {**score(tally), "images": counts}
