"""Which images new advisories concern: those with a package whose advisories changed since they were matched."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
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
class Causes:
    """Tells why the snapshot in force may change what is said of an image.

    ``changes`` are the newest first, and ``ages`` says of each package set how many snapshots ago advisories for any of
    it changed last.
    """

    log: ChangeLog
    changes: Sequence[Changes]
    ages: Mapping[str, int]
    package_sets: PackageSets
    _told: dict[tuple[str, str], AdvisoryChange] = field(default_factory=dict)

    def __call__(self, image: MatchedImage) -> AdvisoryChange | None:
        """Return the cause, or None of an image that is not concerned; what is not on record counts as one."""
        if not _waits(image):
            return None
        steps = self.log.steps_since(image.snapshot) if image.scan else None
        if steps == 0:
            return None
        if steps is None or image.package_set not in self.ages:
            return AdvisoryChange(image.snapshot, self.log.snapshot)
        return self._cause(image, steps) if self.ages[image.package_set] < steps else None

    def _cause(self, image: MatchedImage, steps: int) -> AdvisoryChange:
        like = image.package_set, image.snapshot
        if like not in self._told:
            members = self.package_sets.get(image.package_set)
            change = AdvisoryChange(image.snapshot, self.log.snapshot)
            self._told[like] = _named(change, self.changes[:steps], members)
        return self._told[like]


@dataclass(frozen=True)
class AffectedImages:
    """Follows the package -> images index; where anything is not on record the image counts as affected."""

    images: ImageTable
    package_sets: PackageSets

    def __call__(self, log: ChangeLog) -> Iterator[tuple[MatchedImage, AdvisoryChange]]:
        """Yield every image whose report the snapshot in force may change, and why."""
        causes = self.causes(log)
        for image in self.images.matched():
            if cause := causes(image):
                yield image, cause

    def causes(self, log: ChangeLog) -> Causes:
        """Make ready to tell of one image after the other."""
        changes = [link.looked_up() for link in log.links]
        return Causes(log, changes, self._ages(changes), self.package_sets)

    def _ages(self, changes: Sequence[Changes]) -> Mapping[str, int]:
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
