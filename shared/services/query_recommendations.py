"""Read what to do about all unhealthy images: upgrades, newer bases, and what has no fix."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from shared.advisories.versions.order import in_order
from shared.domain.image_health import Health, worst_image_first
from shared.domain.recommendations import Need, Position, Recommendation, grouped, made
from shared.services.query_bases import Bases, QueryBases
from shared.services.query_images import ImageFilter

EVERYWHERE = ImageFilter(health=Health.UNHEALTHY)


@dataclass(frozen=True)
class QueryRecommendations:
    """Groups what unhealthy images need; healthy and unsupported ones need nothing."""

    bases: QueryBases

    def __call__(
        self,
        at: datetime | None,
        wanted: ImageFilter = EVERYWHERE,
        *,
        after: Position | None = None,
        most: int | None = None,
    ) -> list[Recommendation]:
        """Return what fixes most of the worst first: those after a position, and at most so many.

        ``wanted`` narrows down the images that they are for; bases are told from all images whatever it holds.
        """
        groups = grouped(_needs(self.bases(at), wanted))
        rest = (group for group in groups if after is None or group.position > after)
        return [made(group, in_order) for group in islice(rest, most)]


def _needs(bases: Bases, wanted: ImageFilter) -> Iterator[Need]:
    unhealthy = [one for one in bases.answers if one.health.health is Health.UNHEALTHY and wanted.holds(one.health)]
    for answer in sorted(unhealthy, key=lambda one: worst_image_first(one.health)):
        yield Need(answer.health, answer.upgrades, bases.of(answer), answer.lineage.findings)
