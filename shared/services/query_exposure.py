"""Read how long findings are, or have been, open: of one image, and in figures of all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import msgspec

from shared.domain.exposure import FindingExposure, exposures
from shared.domain.exposure_figures import ExposureFigures, Group, Reckoning, Tally, merged
from shared.domain.image_health import Health
from shared.domain.image_past import ImagePast
from shared.domain.references import ImageId
from shared.domain.severity import Severity
from shared.projections.findings_index.interface import Asked, FindingsIndex, Unanswered
from shared.projections.findings_index.whole_times import microseconds
from shared.projections.image_rows import ImageTable
from shared.services.query_images import ImageFilter, ImageNotFound
from shared.services.query_trends import QueryTrends

_OLDEST = 20


class ExposureQuestion(NamedTuple):
    """What is asked: of which images and severity, in which window, with which targets in days."""

    images: ImageFilter
    severity: Severity | None
    begin: datetime
    end: datetime
    targets: Mapping[Severity, float]


class ImageExposure(NamedTuple):
    """The clocks of an image; without its health nobody could tell what it means that there are none."""

    clocks: list[FindingExposure]
    image: ExposedImage


class ExposedImage(msgspec.Struct, frozen=True):
    """The health of an image, None where it was deleted, and how many of its findings have no clock."""

    health: Health | None
    untold: int


class RegistryExposure(msgspec.Struct, frozen=True, rename="camel"):
    """The figures of a registry."""

    registry: str
    figures: ExposureFigures


class RepositoryExposure(msgspec.Struct, frozen=True, rename="camel"):
    """The figures of a repository."""

    registry: str
    repository: str
    figures: ExposureFigures


class OldFinding(FindingExposure, frozen=True, rename="camel", kw_only=True):
    """A finding that has been open for long, and its image."""

    registry: str
    repository: str
    digest: str


class Exposure(msgspec.Struct, frozen=True, rename="camel"):
    """Figures of exposure in all and in parts, and the findings that have been open longest.

    ``unanswered`` counts the images of which nobody knows all findings, ``untold`` findings without a clock.
    """

    begin: datetime = msgspec.field(name="from")
    end: datetime = msgspec.field(name="to")
    target_days: Mapping[str, float]
    total: ExposureFigures
    severities: Mapping[str, ExposureFigures]
    registries: Sequence[RegistryExposure]
    repositories: Sequence[RepositoryExposure]
    oldest: Sequence[OldFinding]
    unanswered: Unanswered
    untold: int


@dataclass(frozen=True)
class QueryExposure:
    """Reads clocks of findings: of one image from its row and those of its successors, of all from the index."""

    index: FindingsIndex
    images: ImageTable
    trends: QueryTrends

    def one(self, about: ImageId, at: datetime) -> ImageExposure:
        """Return the clocks of an image as of a time, the open ones first; raise ImageNotFound for an unknown one."""
        past = self._past(about) or ImagePast()
        health = self._health(about, past, at)
        told = exposures(past, lambda digest: self._past(ImageId(about.registry, digest)), at)
        return ImageExposure(sorted(told, key=open_and_worst_first), ExposedImage(health, past.untold))

    def _health(self, about: ImageId, past: ImagePast, at: datetime) -> Health | None:
        """Return what an image's health was; of times that its row has left out the log tells."""
        standing = next((one for one in reversed(past.standings) if one.at <= at), None)
        if standing is not None:
            return standing.health
        then = self.trends.query.then(about, at) if past.since else None
        if then is None:
            raise ImageNotFound(f"no image {about.digest} of {about.registry} was known at {at.isoformat()}")
        return then.health.health if then.listed else None

    def __call__(self, asked: ExposureQuestion) -> Exposure:
        """Return the figures of a window, as the log knew them at its end."""
        registry, repository, _ = asked.images.registry, asked.images.repository, asked.images.health
        how = Reckoning(microseconds(asked.begin), microseconds(asked.end), asked.targets)
        index = self.index.settled()
        found = index.exposure(Asked(registry, repository, asked.severity, how.end), how, _OLDEST)
        [then] = self.trends(asked.images, [asked.end])
        groups = found.groups
        return Exposure(
            begin=asked.begin,
            end=asked.end,
            target_days={str(severity): days for severity, days in asked.targets.items()},
            total=merged([("", one) for one in groups.values()]).get("") or Tally().figures(),
            severities=_by_severity(groups),
            registries=[
                RegistryExposure(*one) for one in sorted(merged((key[0], one) for key, one in groups.items()).items())
            ],
            repositories=[RepositoryExposure(*key, figures) for key, figures in _by_repository(groups)],
            oldest=list(self._oldest(found.oldest, asked.end)),
            unanswered=Unanswered.of(then.images),
            untold=found.untold,
        )

    def _oldest(self, found: Sequence[tuple[ImageId, int]], at: datetime) -> Iterator[OldFinding]:
        for about, place in found:
            row = self.images.get(about)
            # An image may have changed since the index looked, and have other clocks.
            if row is not None and place < len(row[0].past.clocks):
                past, repository = row[0].past, row[0].answer.health.repository
                only = msgspec.structs.replace(past, clocks=past.clocks[place : place + 1], departures=())
                for told in exposures(only, lambda digest: None, at):
                    fields = {name: getattr(told, name) for name in FindingExposure.__struct_fields__}
                    yield OldFinding(registry=about.registry, repository=repository, digest=about.digest, **fields)

    def _past(self, about: ImageId) -> ImagePast | None:
        found = self.images.get(about)
        return found[0].past if found else None


def _by_severity(groups: Mapping[Group, Tally]) -> dict[str, ExposureFigures]:
    none = Tally().figures()
    found = merged((key[2], one) for key, one in groups.items())
    return {str(severity): found.get(severity, none) for severity in Severity}


def _by_repository(groups: Mapping[Group, Tally]) -> list[tuple[tuple[str, str], ExposureFigures]]:
    """Give the figures of repositories, those with most findings past their target first."""
    found = merged((key[:2], one) for key, one in groups.items())
    return sorted(found.items(), key=lambda one: (-one[1].past_target, -one[1].open, one[0]))


def open_and_worst_first(one: FindingExposure) -> tuple[int, int, str, str]:
    """Give the key that orders the clocks of an image: open ones first, the worst and oldest of them before others."""
    return int(one.ended is not None), one.severity.rank, one.first_known.isoformat(), one.id
