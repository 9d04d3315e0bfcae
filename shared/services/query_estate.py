"""Read the whole estate: every registry with its images, for answers that are about more than one image."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from shared.domain.finding_criteria import FindingCriteria
from shared.domain.image_health import Health, ImageHealth, JudgedFinding
from shared.domain.references import ImageId
from shared.domain.registry_resources import RegistryResource
from shared.domain.rules import Rule
from shared.domain.severity import Severity
from shared.projections.findings_index.interface import FindingsIndex, Revision
from shared.projections.rules import RuleReader
from shared.services.commands import Clock
from shared.services.kept_reports import ReportNotKept
from shared.services.known_registries import KnownRegistries
from shared.services.query_caveats import Caveats
from shared.services.query_images import ImageFilter, ImageNotFound, QueryImages


class FindingsUnreadable(Exception):
    """The report of an image cannot be read: what it holds is not known, and must not look like nothing."""


@dataclass(frozen=True)
class RegistryImages:
    """A registry as an Azure resource, with its images in the order of their digests."""

    resource: RegistryResource
    images: tuple[ImageHealth, ...]


@dataclass(frozen=True)
class Estate:
    """Everything that is watched, as of a time; findings are read when they are asked for.

    Registries are in the order of their login servers. ``threshold`` is the severity from which on findings count,
    ``rules`` are those in force, ``caveats`` is what has to be known of all of it. ``findings_of`` gives the findings
    of an image, disabled ones included; none for an image that is gone meanwhile, or whose report is no longer kept
    (which is then not assessed). It raises FindingsUnreadable, or DocumentMissing for a time in the past, where a
    report is lost.
    """

    subscription_id: str
    threshold: Severity
    at: datetime
    registries: tuple[RegistryImages, ...]
    rules: tuple[Rule, ...]
    findings_of: Callable[[ImageHealth], Sequence[JudgedFinding]]
    caveats: Caveats = field(default_factory=Caveats)

    @property
    def subscriptions(self) -> tuple[str, ...]:
        """The subscription of this installation, and those of the registries besides; case is as first seen."""
        every = [self.subscription_id, *(registry.resource.subscription_id for registry in self.registries)]
        return tuple({name.lower(): name for name in reversed(every)}.values())[::-1]

    def images(self, wanted: ImageFilter) -> Iterator[ImageHealth]:
        """Yield the images that a filter lets through, each once."""
        return (image for registry in self.registries for image in registry.images if wanted.holds(image))

    def of_subscription(self, subscription_id: str) -> tuple[RegistryImages, ...]:
        """Return the registries of a subscription, whose case does not matter."""
        wanted = subscription_id.lower()
        return tuple(one for one in self.registries if one.resource.subscription_id.lower() == wanted)


@dataclass
class QueryEstate:
    """Puts the estate together from the registries that are watched and those that images are known of.

    What it has read of the images is kept for as long as the index stays the same.
    """

    query: QueryImages
    index: FindingsIndex
    registries: KnownRegistries
    rules: RuleReader
    subscription_id: str
    threshold: Severity
    now: Clock
    caveats: Callable[[datetime | None], Caveats]
    _kept: tuple[Revision, tuple[RegistryImages, ...]] | None = None

    def __call__(self, at: datetime | None = None) -> Estate:
        """Return the estate as it is now, or as the log knew it at a time."""
        book = self.rules.book_as_of(at) if at else self.rules.book()
        moment = at or self.now()
        index = self.index if at else self.index.settled()
        return Estate(
            subscription_id=self.subscription_id,
            threshold=self.threshold,
            at=moment,
            registries=tuple(self._by_registry(at)) if at else self._latest(index),
            rules=book.active(moment),
            findings_of=lambda health: self._findings(index, health, at),
            caveats=self.caveats(at),
        )

    def _latest(self, index: FindingsIndex) -> tuple[RegistryImages, ...]:
        # The revision is asked for first: should the index change meanwhile, what is kept is only read again too soon.
        revision, kept = index.revision(), self._kept
        if kept is None or kept[0] != revision:
            kept = self._kept = revision, tuple(self._by_registry(None))
        return kept[1]

    def _by_registry(self, at: datetime | None) -> Iterable[RegistryImages]:
        images: dict[str, list[ImageHealth]] = {server: [] for server in self.registries.login_servers}
        for answer in self.query.images_matching(ImageFilter(), at):
            images.setdefault(answer.health.registry, []).append(answer.health)
        for server, found in sorted(images.items()):
            resource = self.registries.resource(server, self.subscription_id)
            yield RegistryImages(resource, tuple(sorted(found, key=lambda health: health.digest)))

    def _findings(self, index: FindingsIndex, health: ImageHealth, at: datetime | None) -> Sequence[JudgedFinding]:
        if at is None:
            return (
                ()
                if _surely_none(health)
                else _indexed(index, FindingCriteria(registry=health.registry, digest=health.digest))
            )
        try:
            return self.query.findings(ImageId(health.registry, health.digest), at)
        except (ImageNotFound, ReportNotKept):
            return ()


def _surely_none(health: ImageHealth) -> bool:
    """Say whether an image is known to have no finding: most are like that, and a list goes through all of them."""
    return health.health is Health.HEALTHY and not health.disabled_findings and not any(health.severities.values())


def _indexed(index: FindingsIndex, criteria: FindingCriteria) -> Sequence[JudgedFinding]:
    found = tuple(judged for _, judged in index.findings(criteria))
    unreadable = () if found else index.unreadable(criteria)
    for image, reason in unreadable:
        raise FindingsUnreadable(f"the findings of {image.digest} of {image.registry} cannot be read: {reason}")
    return found
