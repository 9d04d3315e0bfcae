"""Which images new advisories concern: those with a package whose advisories changed since they were matched."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from shared.domain.events import AdvisoryChange
from shared.domain.failures import FailureReason
from shared.domain.image_health import Health
from shared.projections.image_rows import ImageTable, MatchedImage
from shared.projections.package_sets import Looked, PackageSets

if TYPE_CHECKING:
    from shared.advisories.change_log import ChangeLog

type Changes = Mapping[Looked, frozenset[str]]

_MOST_NAMED = 20


@dataclass(frozen=True)
class AffectedImages:
    """Follows the package -> images index; where anything is not on record the image counts as affected."""

    images: ImageTable
    package_sets: PackageSets

    def __call__(self, log: ChangeLog) -> Iterator[tuple[MatchedImage, AdvisoryChange]]:
        """Yield every image whose report the snapshot in force may change, and why."""
        changes = [link.looked_up() for link in log.links]
        ages = self._ages(changes)
        causes: dict[tuple[str, str], AdvisoryChange] = {}
        for image in filter(_waits, self.images.matched()):
            steps = log.steps_since(image.snapshot) if image.scan else None
            if steps == 0:
                continue
            if steps is None or image.package_set not in ages:
                yield image, AdvisoryChange(image.snapshot, log.snapshot)
            elif ages[image.package_set] < steps:
                like = image.package_set, image.snapshot
                if like not in causes:
                    members = self.package_sets.get(image.package_set)
                    causes[like] = _named(AdvisoryChange(image.snapshot, log.snapshot), changes[:steps], members)
                yield image, causes[like]

    def _ages(self, changes: Sequence[Changes]) -> Mapping[str, int]:
        """Return for each package set how many snapshots ago advisories for any of it changed last."""
        newest: dict[Looked, int] = {}
        for age, change in enumerate(changes):
            for looked in change:
                newest.setdefault(looked, age)
        return {
            name: min((newest[one] for one in members if one in newest), default=len(changes))
            for name, members in self.package_sets.all()
        }


def _waits(image: MatchedImage) -> bool:
    """Say whether advisories matter to an image: to one without an answer only if it waits for the first ones."""
    if not image.scan:
        return image.failure == FailureReason.NO_ADVISORIES
    return image.health != Health.UNSUPPORTED


def _named(cause: AdvisoryChange, changes: Sequence[Changes], members: Sequence[Looked]) -> AdvisoryChange:
    hits = [(looked, change[looked]) for change in changes for looked in members if looked in change]
    packages = sorted({f"{ecosystem}/{name}" for (ecosystem, name), _ in hits if name})
    advisories = sorted({advisory for _, changed in hits for advisory in changed})
    return msgspec.structs.replace(
        cause,
        ecosystems=tuple(sorted({ecosystem for (ecosystem, name), _ in hits if not name})[:_MOST_NAMED]),
        packages=tuple(packages[:_MOST_NAMED]),
        package_count=len(packages),
        advisories=tuple(advisories[:_MOST_NAMED]),
        advisory_count=len(advisories),
    )
