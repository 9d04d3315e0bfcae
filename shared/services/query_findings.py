"""Find every image that has a flaw or a package: now from the index, as it was from the log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.domain.exploits import Exploit, ExploitSignals, urgency
from shared.domain.finding_criteria import FindingCriteria
from shared.domain.image_health import ImageHealth, JudgedFinding
from shared.projections.findings_index.bare_findings import hash_of
from shared.projections.findings_index.interface import FindingPosition as FindingPosition
from shared.projections.findings_index.interface import FindingsIndex, Found, FoundFindings, Unanswered, Unreadable
from shared.services.query_images import QueryImages

_NOT_KEPT = "the report of this scan is no longer kept"


@dataclass(frozen=True)
class QueryFindings:
    """Answers which images have a finding; ``at`` is the time as of which the log is read, or None for now."""

    index: FindingsIndex
    images: QueryImages
    signals: Callable[[datetime | None], ExploitSignals]

    def __call__(
        self,
        criteria: FindingCriteria,
        at: datetime | None,
        *,
        after: FindingPosition | None = None,
        most: int | None = None,
    ) -> FoundFindings:
        """Return findings that meet the criteria, worst first: those after a position, and at most so many."""
        if at is not None:
            return self._as_of(criteria, at, after, most)
        return self.index.search(criteria, after=after, most=most)

    def _as_of(
        self, criteria: FindingCriteria, at: datetime, after: FindingPosition | None, most: int | None
    ) -> FoundFindings:
        found: list[Found] = []
        unreadable: list[Unreadable] = []
        healths: Counter[str] = Counter()
        signals = self.signals(at)
        for image, judged in self.images.findings_at(at, criteria.hold_for_image):
            if judged is None:
                unreadable.append(Unreadable(image, _NOT_KEPT))
            else:
                healths[image.health] += 1
                found += [
                    one for one, exploit in _placed(image, judged, signals) if criteria.hold(image, one.judged, exploit)
                ]
        rest = (one for one in found if after is None or one.position > after)
        listed = sorted(rest, key=lambda one: one.position)[:most]
        return FoundFindings(listed, unreadable, Unanswered.of(healths))


def _placed(
    image: ImageHealth, judged: Sequence[JudgedFinding], signals: ExploitSignals
) -> Iterator[tuple[Found, Exploit]]:
    places = Counter[str]()  # in each layer
    for one in judged:
        exploit, layer = signals.of(one.finding), one.finding.package.layer
        where = image.registry, image.digest, layer, places[layer]
        places[layer] += 1
        yield Found(image, one, FindingPosition(*urgency(one.finding, exploit), hash_of(one.finding), *where)), exploit
