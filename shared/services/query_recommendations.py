"""Read what to do about all unhealthy images: upgrades, newer bases, and what has no fix."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from shared.advisories.versions.order import in_order
from shared.domain.exploits import Exploits, ExploitSignals, summed
from shared.domain.image_health import Health, worst_image_first
from shared.domain.recommendations import Group, LeftOut, Need, Position, Recommendation, grouped, made
from shared.domain.upgrades import UpgradeKey, upgrade_of
from shared.services.query_bases import Bases, QueryBases
from shared.services.query_images import ImageFilter

EVERYWHERE = ImageFilter(health=Health.UNHEALTHY)


@dataclass
class QueryRecommendations:
    """Groups what unhealthy images need; healthy and unsupported ones need nothing.

    Nothing can be done about images of ``removed`` registries, given by login server: they are left out.

    The groups of the last question are kept while nothing changes: the next one mostly asks for the next page.
    """

    bases: QueryBases
    removed: Callable[[datetime | None], Collection[str]]
    _kept: tuple[Bases, ImageFilter, frozenset[str], list[Group]] | None = None

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
        groups = self._groups(self.bases(at), wanted, frozenset(self.removed(at)), at)
        rest = (group for group in groups if after is None or group.position > after)
        kev_known = not self.bases.signals(at).without_kev
        return [made(group, in_order, kev_known=kev_known) for group in islice(rest, most)]

    def left_out(self, at: datetime | None, wanted: ImageFilter = EVERYWHERE) -> LeftOut | None:
        """Say which unhealthy images nothing is recommended for, as their registries were removed; None for none."""
        unhealthy = replace(wanted, health=Health.UNHEALTHY)
        among = (host for host in sorted(self.removed(at)) if wanted.registry in (None, host))
        counts = {host: len(self.bases.images.images_matching(replace(unhealthy, registry=host), at)) for host in among}
        hosts = tuple(host for host, images in counts.items() if images)
        return LeftOut(sum(counts.values()), hosts) if hosts else None

    def _groups(self, bases: Bases, wanted: ImageFilter, removed: frozenset[str], at: datetime | None) -> list[Group]:
        kept = self._kept
        if kept is None or kept[0] is not bases or kept[1:3] != (wanted, removed):
            of_upgrades = self._exploits(bases.signals, wanted, removed, at) if bases.signals.snapshot else {}
            kept = self._kept = bases, wanted, removed, grouped(_needs(bases, wanted, removed), of_upgrades)
        return kept[3]

    def _exploits(
        self, signals: ExploitSignals, wanted: ImageFilter, removed: frozenset[str], at: datetime | None
    ) -> Mapping[UpgradeKey, Exploits]:
        """Sum up the exploitation of all findings of unhealthy images that count, by what is to be upgraded."""
        if at is None:
            return self.bases.index.exploits(wanted.registry, wanted.repository, self.bases.threshold, removed)
        found: dict[UpgradeKey, Exploits] = {}
        unhealthy = replace(wanted, health=Health.UNHEALTHY)
        there = lambda health: unhealthy.holds(health) and health.registry not in removed  # noqa: E731
        for _, judged in self.bases.images.findings_at(at, there):
            still_open = [one.finding for one in judged or () if one.disabled_by is None]
            for finding in still_open:
                if finding.severity.at_least(self.bases.threshold):
                    key = upgrade_of(finding)
                    found[key] = found.get(key, Exploits()).plus(summed([signals.of(finding)]))
        return found


def _needs(bases: Bases, wanted: ImageFilter, removed: Collection[str]) -> Iterator[Need]:
    listed = (one for one in bases.known if one.listed and wanted.holds(one.health))
    there = (one for one in listed if one.health.registry not in removed)
    unhealthy = (one for one in there if one.health.health is Health.UNHEALTHY)
    for answer in sorted(unhealthy, key=lambda one: worst_image_first(one.health)):
        base = bases.of(answer)
        exploits = bases.exploits(answer, base) if base else Exploits()
        yield Need(answer.health, answer.upgrades, base, answer.lineage.findings, exploits)
