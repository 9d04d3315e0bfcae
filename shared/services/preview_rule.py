"""Say what a disable rule would do before it is made: nothing is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from shared.domain.events import FindingDisabled
from shared.domain.exploits import ExploitSignals, missing_signals
from shared.domain.findings import Report
from shared.domain.image_health import Health, image_health, judge, rules_for
from shared.domain.references import ImageId
from shared.domain.rule_book import RuleBook, going_by, preview
from shared.domain.rules import Rule
from shared.domain.severity import Severity
from shared.projections.image_rows import ImageRow, ImageTable
from shared.projections.rules import RuleReader
from shared.services.commands import Clock
from shared.services.progress import Progress, silent
from shared.storage.documents import DocumentMissing, DocumentStore

_MOST_IMAGES = 1000  # that are listed; all are counted


class PreviewedImage(msgspec.Struct, frozen=True, rename="camel"):
    """What a rule would change of one image: the findings that it hides, and those that count again."""

    registry: str
    repository: str
    tags: tuple[str, ...]
    digest: str
    hidden: int
    reopened: int
    health: Health
    health_then: Health


class RulePreview(msgspec.Struct, frozen=True, rename="camel"):
    """What a rule would change of all images; ``value`` names those that change most, at most 1,000.

    ``missing`` says why signals that the rule goes by are not at hand: it then hides nothing; None where all are.
    """

    findings: int
    reopened: int
    images: int
    become_healthy: int
    become_unhealthy: int
    value: tuple[PreviewedImage, ...]
    missing: str | None = None


@dataclass(frozen=True)
class PreviewRule:
    """Judges the findings of every image with and without a rule."""

    images: ImageTable
    rules: RuleReader
    reports: DocumentStore[Report]
    threshold: Severity
    now: Clock
    signals: Callable[[datetime | None], ExploitSignals]

    def __call__(self, rule: FindingDisabled, progress: Progress = silent) -> RulePreview:
        """Preview a new rule, or one that takes the place of an older revision; raise InvalidRule."""
        now = self.now()
        book = self.rules.book()
        then = self._then(book, rule, now).active(now)
        changed = list(self._changed(book.active(now), then, progress))
        changed.sort(key=lambda one: (-one.hidden - one.reopened, one.registry, one.repository, one.digest))
        return RulePreview(
            findings=sum(one.hidden for one in changed),
            reopened=sum(one.reopened for one in changed),
            images=len(changed),
            become_healthy=sum(one.health is not one.health_then is Health.HEALTHY for one in changed),
            become_unhealthy=sum(one.health is not one.health_then is Health.UNHEALTHY for one in changed),
            value=tuple(changed[:_MOST_IMAGES]),
            missing=self._missing(rule),
        )

    def _missing(self, rule: FindingDisabled) -> str | None:
        asked = rule.criteria
        if not asked.asks_signals:
            return None
        return missing_signals(self.signals(None), kev=asked.not_exploited, epss=asked.epss_below is not None) or None

    def _then(self, book: RuleBook, rule: FindingDisabled, now: datetime) -> RuleBook:
        """Give the book as it would be; a rule on exploitation would go by what is known of that now."""
        then = preview(book, rule, now)
        return going_by(then, rule.criteria, self.signals(None), now) if rule.criteria.asks_signals else then

    def _changed(self, now: Sequence[Rule], then: Sequence[Rule], progress: Progress) -> Iterator[PreviewedImage]:
        rows = list(self.images.all())
        for done, (about, row) in enumerate(rows, start=1):
            before, after = rules_for(about, row.state, now), rules_for(about, row.state, then)
            # No other rules, no other verdict: most rules concern few images, and only their reports are read.
            if row.answer.listed and before != after and (found := self._image(about, row, before, after)):
                yield found
            progress(done, len(rows))

    def _image(
        self, about: ImageId, row: ImageRow, before: Sequence[Rule], after: Sequence[Rule]
    ) -> PreviewedImage | None:
        name = row.state.last_scan.event.report if row.state.last_scan else ""
        try:
            report = self.reports.load(name) if name else None
        except DocumentMissing:
            return None  # deleted with age: nobody can tell what a rule would hide
        was, judged = judge(report, before), judge(report, after)
        hidden = sum(one.disabled_by is None is not two.disabled_by for one, two in zip(was, judged, strict=True))
        reopened = sum(two.disabled_by is None is not one.disabled_by for one, two in zip(was, judged, strict=True))
        if not hidden and not reopened:
            return None
        shown = row.answer.health
        then = image_health(about, row.state, judged, self.threshold, self.now().date())
        return PreviewedImage(
            registry=about.registry,
            repository=shown.repository,
            tags=shown.tags,
            digest=about.digest,
            hidden=hidden,
            reopened=reopened,
            health=shown.health,
            health_then=then.health,
        )
