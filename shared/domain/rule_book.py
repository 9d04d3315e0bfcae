"""The disable rules of one subscription: the aggregate of the stream ``rules|{subscription}``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

import msgspec

from shared.domain.events import DomainEvent, FindingDisabled, FindingEnabled, RecordedEvent
from shared.domain.rules import Rule


class InvalidRule(ValueError):
    """A rule that cannot be made, with the reason."""


class RuleNotFound(LookupError):
    """No active rule has this id."""


class RuleBook(msgspec.Struct, frozen=True):
    """All rules ever made, by id."""

    rules: Mapping[str, Rule] = {}

    def active(self, at: datetime) -> tuple[Rule, ...]:
        """Return the rules in force at a time, in the order they were made."""
        return tuple(rule for rule in self.rules.values() if rule.state(at) == "active")


def evolve(book: RuleBook, recorded: RecordedEvent) -> RuleBook:
    """Fold one event into the book; events of other streams are none of its business."""
    event, meta = recorded.event, recorded.meta
    if isinstance(event, FindingDisabled):
        rule = Rule(
            id=event.rule_id,
            scope=event.scope,
            criteria=event.criteria,
            reason=event.reason,
            author=event.author,
            created=meta.recorded_at,
            expires=event.expires,
        )
        return RuleBook(rules={**book.rules, rule.id: rule})
    if isinstance(event, FindingEnabled) and event.rule_id in book.rules:
        removed = msgspec.structs.replace(book.rules[event.rule_id], removed=meta.recorded_at)
        return RuleBook(rules={**book.rules, removed.id: removed})
    return book


def fold(events: Iterable[RecordedEvent]) -> RuleBook:
    """Fold a whole stream."""
    book = RuleBook()
    for recorded in events:
        book = evolve(book, recorded)
    return book


def disable_findings(book: RuleBook, rule: FindingDisabled, now: datetime) -> list[DomainEvent]:
    """Decide on a new rule; raise InvalidRule for one that says nothing or has expired already."""
    if rule.rule_id in book.rules:
        return []
    if rule.criteria.empty:
        raise InvalidRule("a rule needs at least one criterion: cves, findingIds or severityBelow")
    if not rule.reason.strip() or not rule.author.strip():
        raise InvalidRule("a rule needs a reason and an author")
    if rule.expires is not None and rule.expires <= now:
        raise InvalidRule(f"the rule would have expired already: {rule.expires.isoformat()}")
    return [rule]


def enable_findings(book: RuleBook, removal: FindingEnabled, now: datetime) -> list[DomainEvent]:
    """Decide on taking a rule back; raise RuleNotFound where none of that id was ever made."""
    rule = book.rules.get(removal.rule_id)
    if rule is None:
        raise RuleNotFound(f"no rule has the id {removal.rule_id}")
    return [] if rule.state(now) == "removed" else [removal]
