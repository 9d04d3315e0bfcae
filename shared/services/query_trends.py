"""Read how health and findings went over time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.domain.trends import Totals, TrendPoint
from shared.services.query_images import ImageFilter, QueryImages


@dataclass(frozen=True)
class QueryTrends:
    """Adds up what is listed of images at some times."""

    query: QueryImages

    def __call__(self, wanted: ImageFilter, times: Sequence[datetime]) -> list[TrendPoint]:
        """Return a point for each time; each equals the totals of the images as of it."""
        return [self._point(wanted, at) for at in times]

    def _point(self, wanted: ImageFilter, at: datetime) -> TrendPoint:
        totals = Totals()
        for answer in self.query.images_matching(wanted, at):
            totals.add(answer.health)
        return totals.at(at)
