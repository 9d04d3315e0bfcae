"""Read images: as they are now from the projection, as they were from the log."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.domain import image
from shared.domain.events import RecordedEvent
from shared.domain.findings import Report
from shared.domain.image_health import Health, ImageHealth, JudgedFinding, judge, rules_for
from shared.domain.references import ImageId
from shared.domain.rules import Rule
from shared.domain.stored_names import IMAGE_STREAM
from shared.eventlog.interface import EventLog
from shared.eventlog.streams import image_of, image_stream
from shared.projections.image_rows import ImageAnswer, ImageTable
from shared.projections.projector import Projector
from shared.projections.rules import RuleReader
from shared.services.commands import Clock
from shared.services.kept_reports import KeptReports
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
    projector: Projector
    rules: RuleReader
    reports: DocumentStore[Report]
    now: Clock

    def images_matching(self, wanted: ImageFilter, at: datetime | None) -> list[ImageAnswer]:
        """Return all images that a filter holds for, worst first."""
        found = (
            self._as_of(at, wanted.registry)
            if at
            else self.images.listed(registry=wanted.registry, health=wanted.health)
        )
        return sorted((answer for answer in found if wanted.holds(answer.health)), key=worst_first)

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
        events = self._events(about)
        state = image.fold(_until(events, at))
        scan = state.last_scan
        if scan is None or not scan.event.report:
            return ()
        book = self.rules.book_as_of(at) if at else self.rules.book()
        report = KeptReports(self.reports, events).load(scan.event.report)
        return judge(report, rules_for(about, state, book.active(at or self.now())))

    def _answer(self, about: ImageId, at: datetime | None) -> ImageAnswer | None:
        if at is None:
            found = self.images.get(about)
            return found[0].answer if found else None
        return self._answer_then(about, at, self.rules.book_as_of(at).active(at))

    def _answer_then(self, about: ImageId, at: datetime, active: Sequence[Rule]) -> ImageAnswer | None:
        events = self._events(about)
        state = image.fold(_until(events, at))
        if state.version == 0:
            return None
        rules = rules_for(about, state, active)
        return self.projector.answer(about, state, rules, at, KeptReports(self.reports, events).get)

    def _as_of(self, at: datetime, registry: str | None) -> Iterator[ImageAnswer]:
        active = self.rules.book_as_of(at).active(at)
        for about in map(image_of, self.log.streams(IMAGE_STREAM)):
            answer = self._answer_then(about, at, active) if registry in (None, about.registry) else None
            if answer is not None and answer.listed:
                yield answer

    def _events(self, about: ImageId) -> Sequence[RecordedEvent]:
        return self.log.load(image_stream(about)).events


def worst_first(answer: ImageAnswer) -> tuple[object, ...]:
    """Give the key that orders images: unhealthy ones first, by their worst findings, then the unknown ones."""
    health = answer.health
    counts = tuple(-health.severities[severity] for severity in ("critical", "high", "medium", "low", "unknown"))
    return (_ORDER.index(health.health), *counts, health.registry, health.repository, health.digest)


def _until(events: Sequence[RecordedEvent], at: datetime | None) -> list[RecordedEvent]:
    return [one for one in events if at is None or one.meta.recorded_at <= at]


_ORDER = (Health.UNHEALTHY, Health.NOT_ASSESSED, Health.UNSUPPORTED, Health.HEALTHY)


def _at(at: datetime | None) -> str:
    return f" at {at.isoformat()}" if at else ""
