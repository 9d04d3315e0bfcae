"""Read images: as they are now from the projection, as they were from the log."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from shared.domain import image
from shared.domain.events import RecordedEvent
from shared.domain.findings import Report
from shared.domain.image_health import Health, ImageHealth, JudgedFinding, judge, rules_for
from shared.domain.references import ImageId
from shared.domain.stored_names import IMAGE_STREAM
from shared.eventlog.interface import EventLog
from shared.eventlog.streams import image_of, image_stream
from shared.projections.image_rows import ImageAnswer, ImageTable
from shared.projections.projector import Projector
from shared.projections.rules import RuleReader
from shared.services.commands import Clock
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
        found = self._as_of(at) if at else self.images.listed(registry=wanted.registry, health=wanted.health)
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
        """Return the findings of an image's last scan, worst first, disabled ones included."""
        self.one(about, at)
        state = image.fold(self._events(about, at))
        scan = state.last_scan
        if scan is None or not scan.event.report:
            return ()
        book = self.rules.book_as_of(at) if at else self.rules.book()
        return judge(self.reports.load(scan.event.report), rules_for(about, state, book.active(at or self.now())))

    def history(self, about: ImageId, at: datetime | None) -> list[RecordedEvent]:
        """Return every event of an image, newest first; raise ImageNotFound for one nobody has heard of."""
        events = self._events(about, at)
        if not events:
            raise ImageNotFound(f"no image {about.digest} of {about.registry} is known{_at(at)}")
        return events[::-1]

    def _answer(self, about: ImageId, at: datetime | None) -> ImageAnswer | None:
        if at is None:
            found = self.images.get(about)
            return found[0].answer if found else None
        events = self._events(about, at)
        if not events:
            return None
        state = image.fold(events)
        active = rules_for(about, state, self.rules.book_as_of(at).active(at))
        return self.projector.answer(about, state, active, at)

    def _as_of(self, at: datetime) -> Iterator[ImageAnswer]:
        for name in self.log.streams(IMAGE_STREAM):
            answer = self._answer(image_of(name), at)
            if answer is not None and answer.listed:
                yield answer

    def _events(self, about: ImageId, at: datetime | None) -> list[RecordedEvent]:
        events: Iterable[RecordedEvent] = self.log.load(image_stream(about)).events
        return [one for one in events if at is None or one.meta.recorded_at <= at]


def worst_first(answer: ImageAnswer) -> tuple[object, ...]:
    """Give the key that orders images: unhealthy ones first, by their worst findings, then the unknown ones."""
    health = answer.health
    counts = tuple(-health.severities[severity] for severity in ("critical", "high", "medium", "low", "unknown"))
    return (_ORDER.index(health.health), *counts, health.registry, health.repository, health.digest)


_ORDER = (Health.UNHEALTHY, Health.NOT_ASSESSED, Health.UNSUPPORTED, Health.HEALTHY)


def _at(at: datetime | None) -> str:
    return f" at {at.isoformat()}" if at else ""
