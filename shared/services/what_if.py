"""Say what would be otherwise under a supposition, over the recorded history: nothing is written."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import NamedTuple

from shared.domain import image, rule_book
from shared.domain.events import RecordedEvent
from shared.domain.exploits import ExploitSignals
from shared.domain.health_history import Told, standings
from shared.domain.image import ImageState
from shared.domain.image_health import rules_for
from shared.domain.recommendations import Group, Need, grouped
from shared.domain.references import ImageId
from shared.domain.severity import Severity
from shared.domain.stored_names import IMAGE_STREAM
from shared.domain.suppositions import Supposition, adopted_now, is_unknown, supposed_rules
from shared.domain.what_if import Side, Tally, WhatIfAnswer, open_findings, past_changes, past_notices
from shared.eventlog.interface import EventLog, StreamName, UnknownEvent
from shared.eventlog.streams import image_of, image_stream
from shared.projections.image_rows import ImageAnswer
from shared.projections.projector import Projector
from shared.services.commands import Clock
from shared.services.kept_reports import KeptReports
from shared.services.progress import Progress, silent
from shared.services.suppose_scans import SupposeScans
from shared.storage.documents import DocumentDamaged, DocumentMissing

_WINDOW = timedelta(days=30)


class TooManyImages(Exception):
    """More images than are compared within a request."""


class WhatIfTooLong(Exception):
    """Comparing took longer than a request may."""


class Bound(NamedTuple):
    """What a request may ask for: so many images, and so many seconds."""

    images: int = 2000
    seconds: float = 60


class WhatIfQuestion(NamedTuple):
    """What is supposed, of which images, and the span of time whose changes are compared.

    ``until`` is also the time as of which images are compared, None for now; ``since`` is 30 days before it where it
    is None. Of all images the first ``sample`` are compared, and ``most`` are listed.
    """

    supposed: Supposition
    registry: str | None = None
    repository: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    sample: int | None = None
    most: int = 100


class _Judged(NamedTuple):
    """One side: the rules, what judges by them, the span of time, and registries that were removed by its end."""

    rules: Sequence[RecordedEvent]
    projector: Projector
    since: datetime
    until: datetime
    removed: Collection[str]


type Supposing = Callable[[Supposition, datetime], AbstractContextManager[SupposeScans]]
"""Opens what decides scans again, for as long as it is needed."""


@dataclass(frozen=True)
class WhatIf:
    """Judges every image twice with the code that always judges: as recorded, and as supposed."""

    log: EventLog
    rules: StreamName
    projector: Projector
    supposing: Supposing
    notify_from: Severity
    now: Clock
    elapsed: Callable[[], float]
    signals: Callable[[datetime | None], ExploitSignals]
    removed: Callable[[datetime | None], Collection[str]]

    def __call__(self, asked: WhatIfQuestion, progress: Progress = silent, bound: Bound | None = None) -> WhatIfAnswer:
        """Compare; raise RuleNotFound, InvalidRule, NoSuchSnapshot, or for a bound TooManyImages or WhatIfTooLong."""
        until = asked.until or self.now()
        since = asked.since or until - _WINDOW
        recorded = _until(self.log.load(self.rules).events, until)
        projector = replace(self.projector, threshold=asked.supposed.unhealthy_from or self.projector.threshold)
        span = since, until, self.removed(until)
        supposed = supposed_rules(recorded, asked.supposed, until)
        if asked.until is None and asked.supposed.rule and asked.supposed.rule.criteria.asks_signals:
            supposed = adopted_now(supposed, asked.supposed, self.signals(None), until)
        sides = (
            _Judged(recorded, self.projector, *span),
            _Judged(supposed, projector, *span),
        )
        tally = Tally()
        with self.supposing(asked.supposed, until) as suppose:
            for about in self._images(asked, tally, progress, bound):
                self._compare(asked, about, sides, suppose, tally)
        return tally.answer(since, until, asked.most)

    def _images(
        self, asked: WhatIfQuestion, tally: Tally, progress: Progress, bound: Bound | None
    ) -> Iterator[ImageId]:
        known = (image_of(name) for name in self.log.streams(IMAGE_STREAM))
        every = (about for about in known if asked.registry in (None, about.registry))
        images = list(islice(every, bound.images + 1) if bound else every)
        if bound and len(images) > bound.images:
            raise TooManyImages(
                f"there are more than {bound.images} images: name a registry, or run `python -m cli what-if`"
            )
        chosen = images[: asked.sample]
        tally.left_out = len(images) - len(chosen)
        began = self.elapsed()
        for done, about in enumerate(chosen, start=1):
            yield about
            progress(done, len(chosen))
            if bound and self.elapsed() - began > bound.seconds:
                raise WhatIfTooLong(
                    f"{done} of {len(chosen)} images were compared in {bound.seconds:g} seconds: "
                    "name a registry, or run `python -m cli what-if`, which takes its time"
                )

    def _compare(
        self,
        asked: WhatIfQuestion,
        about: ImageId,
        sides: tuple[_Judged, _Judged],
        suppose: SupposeScans,
        tally: Tally,
    ) -> None:
        try:
            everything = self.log.load(image_stream(about)).events
            events = _until(everything, sides[0].until)
            if not events or not _within(image.fold(events), asked.repository):
                return
            kept = KeptReports(suppose.reports, everything)
            supposed = suppose(about, events)
            before = self._side(about, events, sides[0], kept)
            after = self._side(about, supposed.events, sides[1], kept)
        except (UnknownEvent, DocumentMissing, DocumentDamaged):
            # One image must not keep the others from being compared; it is counted, and is never healthy.
            tally.unreadable += 1
            return
        tally.not_pulled += bool(supposed.unreadable)
        tally.add(before, after)

    def _side(self, about: ImageId, events: Sequence[RecordedEvent], side: _Judged, reports: KeptReports) -> Side:
        state = image.fold(events)
        active = rules_for(about, state, rule_book.fold(side.rules).active(side.until))
        answer = side.projector.answer(about, state, active, side.until, reports.get)
        told = Told(about, events, side.rules, side.until)
        stood = list(standings(told, reports.get, side.projector.threshold))
        scan = state.last_scan
        return Side(
            listed=answer.listed,
            health=answer.health,
            still_open={one.id: one for one in open_findings(stood[-1][1])},
            recommendations=frozenset(group.id for group in _advice(answer, side.removed)),
            charge=state.charge,
            unknown=scan is not None and is_unknown(scan.event),
            changes=tuple(past_changes(stood, side.since)),
            notices=tuple(past_notices(stood, side.since, self.notify_from)),
        )


def _advice(answer: ImageAnswer, removed: Collection[str]) -> list[Group]:
    return [] if answer.health.registry in removed else grouped([_need(answer)])


def _need(answer: ImageAnswer) -> Need:
    # A base is told from all images together, and what a newer one closes is in the upgrades too.
    return Need(answer.health, answer.upgrades, None, answer.lineage.findings)


def _within(state: ImageState, repository: str | None) -> bool:
    return repository in (None, *(state.present_repositories or state.repositories))


def _until(events: Sequence[RecordedEvent], at: datetime) -> list[RecordedEvent]:
    return [one for one in events if one.meta.recorded_at <= at]
