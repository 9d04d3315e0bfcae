"""The rules of a product, read and written by the product's own decisions, without a storage account."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import msgspec

from shared.api.errors import ApiError, not_found
from shared.api.rules import parse_changed_rule, parse_new_rule, parse_preview, rule_body, rule_history_body
from shared.domain.events import DomainEvent, FindingDisabled, FindingEnabled, Meta, RecordedEvent
from shared.domain.exploits import NoSignals
from shared.domain.image_health import Health, ImageHealth, JudgedFinding
from shared.domain.rule_book import (
    InvalidRule,
    RuleBook,
    RuleChanged,
    change_rule,
    disable_findings,
    enable_findings,
    fold,
    preview,
)
from shared.domain.rules import Rule, disabling_rule
from shared.services.preview_rule import PreviewedImage, RulePreview

CALLER = "grace@contoso.example"


@dataclass
class RuleDesk:
    """Answers the routes of rules. ``readonly`` refuses whatever writes, as for a reader."""

    now: datetime = datetime(2026, 11, 22, 10, tzinfo=UTC)
    images: Sequence[ImageHealth] = ()
    findings: Mapping[str, Sequence[JudgedFinding]] = field(default_factory=dict)
    events: list[RecordedEvent] = field(default_factory=list)
    readonly: bool = False
    previewed: list[bytes] = field(default_factory=list)

    def answer(self, method: str, path: list[str], body: bytes, query: Mapping[str, str]) -> Any:
        """Return the body for a route below ``/api/rules``; a list where the route pages it. Raise ApiError."""
        try:
            return self._answer(method, path, body, query)
        except InvalidRule as error:
            raise ApiError(400, "InvalidParameter", str(error)) from error
        except RuleChanged as error:
            raise ApiError(409, "RuleChanged", str(error)) from error

    def write(self, event: DomainEvent) -> None:
        """Append an event, as somebody else may do meanwhile."""
        meta = Meta(self.now, self.now, CALLER, f"event-{len(self.events) + 1}", "event-1")
        self.events.append(RecordedEvent(len(self.events) + 1, event, meta))

    def rule(self, rule_id: str) -> Rule:
        """Return a rule, or raise ApiError 404."""
        found = self._book.rules.get(rule_id)
        if found is None:
            raise not_found("RuleNotFound", "no rule has this id")
        return found

    @property
    def _book(self) -> RuleBook:
        return fold(self.events)

    def _answer(self, method: str, path: list[str], body: bytes, query: Mapping[str, str]) -> Any:
        if self.readonly and method != "GET" and path != ["preview"]:
            raise ApiError(403, "AuthorizationFailed", "'grace' needs the app role Security Admin for this")
        match method, path:
            case "GET", []:
                return [rule_body(one, self.now) for one in self._book.rules.values()]
            case "GET", [rule_id, "history"]:
                self.rule(rule_id)
                return {"value": rule_history_body([one for one in self.events if _about(one, rule_id)])}
            case "POST", ["preview"]:
                self.previewed.append(body)
                return msgspec.to_builtins(self._preview(parse_preview(body, CALLER)))
            case "POST", []:
                rule_id = f"rule-{len(self.events) + 1}"
                self._append(disable_findings(self._book, parse_new_rule(body, rule_id, CALLER), self.now))
            case "PUT", [rule_id]:
                self._append(change_rule(self._book, parse_changed_rule(body, rule_id, CALLER), self.now))
            case "DELETE", [rule_id]:
                removal = FindingEnabled(rule_id, query.get("reason", ""), CALLER)
                self._append(enable_findings(self._book, removal, self.now))
            case _:
                rule_id = path[0]
        return rule_body(self.rule(rule_id), self.now)

    def _append(self, decided: list[DomainEvent]) -> None:
        for event in decided:
            self.write(event)

    def _preview(self, rule: FindingDisabled) -> RulePreview:
        then = preview(self._book, rule, self.now).active(self.now)
        changed = [found for one in self.images for found in self._changed(one, then)]
        return RulePreview(
            findings=sum(one.hidden for one in changed),
            reopened=sum(one.reopened for one in changed),
            images=len(changed),
            become_healthy=sum(one.health_then is Health.HEALTHY for one in changed),
            become_unhealthy=0,
            value=tuple(changed),
            missing=NoSignals().reason if rule.criteria.asks_signals else None,
        )

    def _changed(self, image: ImageHealth, then: Sequence[Rule]) -> Iterator[PreviewedImage]:
        rules = [one for one in then if one.scope.holds_for(image.registry, image.repositories, image.digest)]
        judged = self.findings.get(image.digest, ())
        after = [disabling_rule(one.finding, rules) for one in judged]
        hidden = sum(one.disabled_by is None and rule is not None for one, rule in zip(judged, after, strict=True))
        reopened = sum(one.disabled_by is not None and rule is None for one, rule in zip(judged, after, strict=True))
        if hidden or reopened:
            health = Health.HEALTHY if all(after) else image.health
            names = image.registry, image.repository, image.tags, image.digest
            yield PreviewedImage(*names, hidden, reopened, image.health, health)


def _about(one: RecordedEvent, rule_id: str) -> bool:
    return getattr(one.event, "rule_id", None) == rule_id
