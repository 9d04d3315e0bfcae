"""Read what to do about all unhealthy images: upgrades, newer bases, and what has no fix."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from shared.advisories.versions.order import in_order
from shared.domain.exploits import Exploits, ExploitSignals, summed
from shared.domain.image_health import Health, worst_image_first
from shared.domain.recommendations import Group, Need, Position, Recommendation, grouped, made
from shared.domain.upgrades import UpgradeKey, upgrade_of
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
        """Return what is most pressing first: those after a position, and at most so many.

        ``wanted`` narrows down the images that they are for; bases are told from all images whatever it holds.
        """
        groups = self._groups(self.bases(at), wanted, at)
        rest = (group for group in groups if after is None or group.position > after)
        kev_known = not self.bases.signals(at).without_kev
        return [made(group, in_order, kev_known=kev_known) for group in islice(rest, most)]

    def _groups(self, bases: Bases, wanted: ImageFilter, at: datetime | None) -> list[Group]:
        kept = self._kept
        if kept is None or kept[0] is not bases or kept[1] != wanted:
            of_upgrades = self._exploits(bases.signals, wanted, at) if bases.signals.snapshot else {}
            kept = self._kept = bases, wanted, grouped(_needs(bases, wanted), of_upgrades)
        return kept[2]

    def _exploits(
        self, signals: ExploitSignals, wanted: ImageFilter, at: datetime | None
    ) -> Mapping[UpgradeKey, Exploits]:
        """Sum up the exploitation of all findings of unhealthy images that count, by what is to be upgraded."""
        if at is None:
            return self.bases.index.exploits(wanted.registry, wanted.repository, self.bases.threshold)
        found: dict[UpgradeKey, Exploits] = {}
        unhealthy = replace(wanted, health=Health.UNHEALTHY)
        for _, judged in self.bases.images.findings_at(at, unhealthy.holds):
            still_open = [one.finding for one in judged or () if one.disabled_by is None]
            for finding in still_open:
                if finding.severity.at_least(self.bases.threshold):
                    key = upgrade_of(finding)
                    found[key] = found.get(key, Exploits()).plus(summed([signals.of(finding)]))
        return found


def _needs(bases: Bases, wanted: ImageFilter) -> Iterator[Need]:
    listed = (one for one in bases.known if one.listed and wanted.holds(one.health))
    unhealthy = (one for one in listed if one.health.health is Health.UNHEALTHY)
    for answer in sorted(unhealthy, key=lambda one: worst_image_first(one.health)):
        base = bases.of(answer)
        exploits = bases.exploits(answer, base) if base else Exploits()
        yield Need(answer.health, answer.upgrades, base, answer.lineage.findings, exploits)
