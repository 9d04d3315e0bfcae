"""Read images: as they are now from the projection, as they were from the log."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from shared.domain import image
from shared.domain.events import RecordedEvent
from shared.domain.findings import Report
from shared.domain.image import ImageState
from shared.domain.image_health import (
    Health,
    ImageHealth,
    JudgedFinding,
    judge,
    rules_for,
    what_is_left_open,
    why_unanswered,
    worst_image_first,
)
from shared.domain.references import ImageId
from shared.domain.rules import Rule
from shared.domain.stored_names import IMAGE_STREAM
from shared.eventlog.interface import EventLog
from shared.eventlog.streams import image_of, image_stream
from shared.projections.findings_index.interface import FindingsIndex
from shared.projections.findings_index.interface import ImagePosition as ImagePosition
from shared.projections.image_rows import ImageAnswer, ImageTable
from shared.projections.projector import Projector
from shared.projections.rules import RuleReader
from shared.services.commands import Clock
from shared.services.kept_reports import KeptReports, ReportNotKept
from shared.storage.documents import DocumentStore


class ImageNotFound(LookupError):
    """No image of this registry and digest is known, or it is not there any more."""


@dataclass(frozen=True)
class ImageFilter:
    """What a list of images is narrowed down to; None is no limit."""

    registry: str | None = None
    repository: str | None = None
    health: Health | None = None

    def holds(self, health: ImageHealth) -> bool:
        """Say whether an image belongs into the list."""
        return (
            self.registry in (None, health.registry)
            and (self.repository is None or self.repository in health.repositories)
            and self.health in (None, health.health)
        )


@dataclass(frozen=True)
class QueryImages:
    """Answers questions about images; each takes ``at``, the time as of which the log is read, or None for now."""

    log: EventLog
    images: ImageTable
    index: FindingsIndex
    projector: Projector
    rules: RuleReader
    reports: DocumentStore[Report]
    now: Clock

    def images_matching(
        self,
        wanted: ImageFilter,
        at: datetime | None,
        *,
        after: ImagePosition | None = None,
        most: int | None = None,
    ) -> list[ImageAnswer]:
        """Return images that a filter holds for, worst first: those after a position, and at most so many."""
        if at is None:
            return list(
                self.index.images(
                    registry=wanted.registry,
                    repository=wanted.repository,
                    health=wanted.health,
                    after=after,
                    most=most,
                )
            )
        then = (one for one in self._as_of(at, wanted.registry) if one.listed and wanted.holds(one.health))
        rest = (answer for answer in then if after is None or worst_image_first(answer.health) > after)
        return sorted(rest, key=lambda answer: worst_image_first(answer.health))[:most]

    def then(self, about: ImageId, at: datetime) -> ImageAnswer | None:
        """Return an image as it was known at a time, listed or not; None where nobody had heard of it."""
        return self._answer(about, at)

    def known(self, at: datetime | None) -> Iterator[ImageAnswer]:
        """Yield every image that is known, in no order: those that were deleted, and artifacts, are not listed."""
        return self.index.known() if at is None else self._as_of(at, None)

    def findings_at(
        self, at: datetime, wanted: Callable[[ImageHealth], bool]
    ) -> Iterator[tuple[ImageHealth, tuple[JudgedFinding, ...] | None]]:
        """Yield the images that were listed at a time with their findings, None where the report is no longer kept."""
        active = self.rules.book_as_of(at).active(at)
        for about in map(image_of, self.log.streams(IMAGE_STREAM)):
            events = self._events(about)
            answer = self._answer_then(about, events, at, active)
            if answer is not None and answer.listed and wanted(answer.health):
                try:
                    yield answer.health, self._judged(about, events, at, active)
                except ReportNotKept:
                    yield answer.health, None

    def one(self, about: ImageId, at: datetime | None) -> ImageAnswer:
        """Return one image, or raise ImageNotFound."""
        answer = self._answer(about, at)
        if answer is None:
            raise ImageNotFound(f"no image {about.digest} of {about.registry} is known{_at(at)}")
        if not answer.listed:
            raise ImageNotFound(f"{about.digest} of {about.registry} was deleted or is no image; its history remains")
        return answer

    def findings(self, about: ImageId, at: datetime | None) -> tuple[JudgedFinding, ...]:
        """Return the findings of an image's last scan, worst first, disabled ones included.

        Raise ImageNotFound, or ReportNotKept where the scan is too old.
        """
        self.one(about, at)
        book = self.rules.book_as_of(at) if at else self.rules.book()
        return self._judged(about, self._events(about), at, book.active(at or self.now()))

    def left_open(self, about: ImageId, at: datetime | None) -> str:
        """Say what an image's findings may lack, as not all of it could be read or looked up; nothing where nothing."""
        state = image.fold(_until(self._events(about), at))
        on = (at or self.now()).astimezone(UTC).date()
        return what_is_left_open(state, state.last_scan, on) if state.last_scan else why_unanswered(state)

    def _answer(self, about: ImageId, at: datetime | None) -> ImageAnswer | None:
        if at is None:
            found = self.images.get(about)
            return found[0].answer if found else None
        return self._answer_then(about, self._events(about), at, self.rules.book_as_of(at).active(at))

    def _answer_then(
        self, about: ImageId, events: Sequence[RecordedEvent], at: datetime, active: Sequence[Rule]
    ) -> ImageAnswer | None:
        state = image.fold(_until(events, at))
        return self._answer_of(about, state, events, at, active) if state.version else None

    def _answer_of(
        self,
        about: ImageId,
        state: ImageState,
        events: Sequence[RecordedEvent],
        at: datetime,
        active: Sequence[Rule],
    ) -> ImageAnswer:
        rules = rules_for(about, state, active)
        return self.projector.answer(about, state, rules, at, KeptReports(self.reports, events).get)

    def states_at(self, at: datetime, registry: str | None) -> Iterator[tuple[ImageId, ImageState, ImageAnswer]]:
        """Yield all images that were known at a time, those that are not listed too, in the order of their streams."""
        active = self.rules.book_as_of(at).active(at)
        for about in map(image_of, self.log.streams(IMAGE_STREAM)):
            if registry in (None, about.registry):
                events = self._events(about)
                state = image.fold(_until(events, at))
                if state.version:
                    yield about, state, self._answer_of(about, state, events, at, active)

    def _as_of(self, at: datetime, registry: str | None) -> Iterator[ImageAnswer]:
        return (answer for _, _, answer in self.states_at(at, registry))

    def _judged(
        self, about: ImageId, events: Sequence[RecordedEvent], at: datetime | None, active: Sequence[Rule]
    ) -> tuple[JudgedFinding, ...]:
        state = image.fold(_until(events, at))
        scan = state.last_scan
        if scan is None or not scan.event.report:
            return ()
        report = KeptReports(self.reports, events).load(scan.event.report)
        return judge(report, rules_for(about, state, active))

    def _events(self, about: ImageId) -> Sequence[RecordedEvent]:
        return self.log.load(image_stream(about)).events


def _until(events: Sequence[RecordedEvent], at: datetime | None) -> list[RecordedEvent]:
    return [one for one in events if at is None or one.meta.recorded_at <= at]


def _at(at: datetime | None) -> str:
    return f" at {at.isoformat()}" if at else ""
