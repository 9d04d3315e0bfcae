"""Read what to do about all unhealthy images: upgrades, newer bases, and what has no fix."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from shared.advisories.versions.order import in_order
from shared.domain.image_health import Health, worst_image_first
from shared.domain.recommendations import Group, Need, Position, Recommendation, grouped, made
from shared.services.query_bases import Bases, QueryBases
from shared.services.query_images import ImageFilter

EVERYWHERE = ImageFilter(health=Health.UNHEALTHY)


@dataclass
class QueryRecommendations:
    """Groups what unhealthy images need; healthy and unsupported ones need nothing.

    The groups of the last question are kept while nothing changes: the next one mostly asks for the next page.
    """

    bases: QueryBases
    _kept: tuple[Bases, ImageFilter, list[Group]] | None = None

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
        groups = self._groups(self.bases(at), wanted)
        rest = (group for group in groups if after is None or group.position > after)
        return [made(group, in_order) for group in islice(rest, most)]

    def _groups(self, bases: Bases, wanted: ImageFilter) -> list[Group]:
        kept = self._kept
        if kept is None or kept[0] is not bases or kept[1] != wanted:
            kept = self._kept = bases, wanted, grouped(_needs(bases, wanted))
        return kept[2]


def _needs(bases: Bases, wanted: ImageFilter) -> Iterator[Need]:
    listed = (one for one in bases.known if one.listed and wanted.holds(one.health))
    unhealthy = (one for one in listed if one.health.health is Health.UNHEALTHY)
    for answer in sorted(unhealthy, key=lambda one: worst_image_first(one.health)):
        yield Need(answer.health, answer.upgrades, bases.of(answer), answer.lineage.findings)
