"""What can be asked of the findings index; what answers is a cache that every worker makes for itself.

Freshness: an answer shows everything that had been projected ``INDEX_SECONDS`` before the question came, or earlier.
Where the index cannot be brought so far, the question fails with the error of the storage; nothing older is ever given.
Of the rules it shows those in force at the very moment of the question; exploit signals order it a few seconds later.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Annotated, NamedTuple, Protocol

import msgspec

from shared.domain.exploits import Exploits
from shared.domain.exposure_figures import Group, Reckoning, Tally
from shared.domain.finding_criteria import FindingCriteria as FindingCriteria
from shared.domain.image_health import Health, ImageHealth, JudgedFinding
from shared.domain.references import ImageId
from shared.domain.severity import Severity
from shared.domain.upgrades import UpgradeKey
from shared.projections.image_rows import ImageAnswer

_Integer = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]

_Hash = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{32}$")]


class ImagePosition(NamedTuple):
    """Where an image stands in a list: the key ``worst_image_first``."""

    place: _Integer
    critical: _Integer
    high: _Integer
    medium: _Integer
    low: _Integer
    unknown: _Integer
    registry: str
    repository: str
    digest: str


class FindingPosition(NamedTuple):
    """Where a finding of an image stands in a list: the key ``urgency``, then what tells equal ones apart.

    ``content`` is a hash of the finding without its layer, and ``place`` its place among those of the layer in the
    report.
    """

    severity: _Integer
    unexploited: _Integer
    epss: float
    score: float
    package: str
    flaw: str
    finding_id: str
    content: _Hash
    registry: str
    digest: str
    layer: str
    place: _Integer


class IndexUnusable(Exception):
    """The index cannot be kept on this machine: the message says what is wrong with its folder."""


class Found(NamedTuple):
    """A finding of an image, and where it stands in the list of all."""

    image: ImageHealth
    judged: JudgedFinding
    position: FindingPosition


class Unreadable(NamedTuple):
    """An image whose report cannot be read: its findings are unknown, and in no answer."""

    image: ImageHealth
    reason: str


class Unanswered(msgspec.Struct, frozen=True, rename="camel"):
    """How many images may have findings that nobody knows of: those not, or not wholly, assessed, and unsupported ones.

    What is shown of their findings may not be all.
    """

    not_assessed: int
    unsupported: int

    @classmethod
    def of(cls, images: Mapping[str, int]) -> Unanswered:
        """Make it of the number of images by health."""
        return cls(images.get(Health.NOT_ASSESSED, 0), images.get(Health.UNSUPPORTED, 0))


class FoundFindings(NamedTuple):
    """Findings, worst first, and of what images they are not, or may not be, all."""

    found: list[Found]
    unreadable: list[Unreadable]
    unanswered: Unanswered


class Revision(NamedTuple):
    """A state of the index: of equal ones every answer is equal. ``rules`` names the rules in force."""

    build: str
    number: int
    rules: str


class Trend(NamedTuple):
    """Totals at some times, oldest first: by health (``HEALTHS``), by severity, and of disabled findings.

    They lack images that are ``shortened``, at all times before the one that is named.
    """

    totals: list[tuple[int, ...]]
    shortened: list[tuple[ImageId, datetime]]


class Asked(NamedTuple):
    """Which findings are asked for; ``at`` is in microseconds since 1970."""

    registry: str | None
    repository: str | None
    severity: Severity | None
    at: int


class Reckoned(NamedTuple):
    """What findings add up to, those open longest (with their place among the clocks of the image), and how many lack.

    ``untold`` are findings without a clock, as there were too many of an image.
    """

    groups: dict[Group, Tally]
    oldest: list[tuple[ImageId, int]]
    untold: int


class FindingsIndex(Protocol):
    """Every image that is listed, with its findings. All methods may be used from several threads."""

    def settled(self) -> FindingsIndex:
        """Look for changes once, and return the index as it then is: for a question that takes many readings."""
        ...

    def images(
        self,
        *,
        registry: str | None = None,
        repository: str | None = None,
        health: Health | None = None,
        after: ImagePosition | None = None,
        most: int | None = None,
    ) -> Iterator[ImageAnswer]:
        """Yield images, worst first: those after a position, and at most so many."""
        ...

    def known(self, since: Revision | None = None) -> Iterator[ImageAnswer]:
        """Yield every image that is known, or those that changed since a state of the same build, worst first.

        Those that were deleted, and artifacts, are not listed.
        """
        ...

    def findings(self, criteria: FindingCriteria) -> Iterator[tuple[ImageHealth, JudgedFinding]]:
        """Yield all findings that are looked for with their images, worst first; nothing is read ahead."""
        ...

    def found(
        self, criteria: FindingCriteria, *, after: FindingPosition | None = None, most: int | None = None
    ) -> Iterator[Found]:
        """Yield findings as ``findings`` does: those after a position, and at most so many."""
        ...

    def count(self, criteria: FindingCriteria) -> int:
        """Return how many findings are looked for."""
        ...

    def unreadable(self, criteria: FindingCriteria) -> Iterator[Unreadable]:
        """Yield the images within the criteria whose findings are unknown, as their report cannot be read."""
        ...

    def search(
        self, criteria: FindingCriteria, *, after: FindingPosition | None = None, most: int | None = None
    ) -> FoundFindings:
        """Return what ``found`` and ``unreadable`` give, and what is unanswered, all of one state of the index."""
        ...

    def trend(self, registry: str | None, repository: str | None, times: Sequence[datetime]) -> Trend:
        """Return the totals of all images, or of those of a registry or a repository, at times in order."""
        ...

    def exposure(self, asked: Asked, how: Reckoning, most: int) -> Reckoned:
        """Add the clocks of findings up as of a time, and list so many of those that have been open longest."""
        ...

    def exploits(
        self, registry: str | None, repository: str | None, threshold: Severity, without: Collection[str] = ()
    ) -> Mapping[UpgradeKey, Exploits]:
        """Sum up the exploitation of the findings of unhealthy images that count, by what is to be upgraded.

        ``without`` are registries that are left out.
        """
        ...

    def revision(self) -> Revision:
        """Return the state of the index."""
        ...

    def changes(self, since: Revision | None) -> Iterator[ImageId]:
        """Yield the images that may have changed since a state, and those that went away.

        All of them for None, after the rules have changed, and where the index was made anew since.
        """
        ...
