"""Read how health and findings went over time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.domain.image_health import ImageHealth
from shared.domain.references import ImageId
from shared.domain.trends import Totals, TrendPoint
from shared.projections.findings_index.interface import FindingsIndex
from shared.services.query_images import ImageFilter, ImageNotFound, QueryImages


@dataclass(frozen=True)
class QueryTrends:
    """Adds up what was listed of images at some times; each point equals the totals of the images as of it.

    What the index has left out, of images that changed very often, is read from the log.
    """

    index: FindingsIndex
    query: QueryImages

    def __call__(self, wanted: ImageFilter, times: Sequence[datetime]) -> list[TrendPoint]:
        """Return a point for each of some times, which are in order."""
        trend = self.index.trend(wanted.registry, wanted.repository, times)
        return [
            self._point(wanted, at, counts, [about for about, since in trend.shortened if at < since])
            for at, counts in zip(times, trend.totals, strict=True)
        ]

    def _point(
        self, wanted: ImageFilter, at: datetime, counts: Sequence[int], left_out: Sequence[ImageId]
    ) -> TrendPoint:
        totals = Totals.of(counts)
        for shown in self._then(left_out, at):
            if wanted.holds(shown):
                totals.add(shown)
        return totals.at(at)

    def _then(self, images: Sequence[ImageId], at: datetime) -> Iterator[ImageHealth]:
        for about in images:
            try:
                yield self.query.one(about, at).health
            except ImageNotFound:  # as it was not pushed yet, or deleted
                continue
