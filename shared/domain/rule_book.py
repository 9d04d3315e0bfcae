"""The disable rules of one subscription: the aggregate of the stream ``rules|{subscription}``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

import msgspec

from shared.domain import score_adoption, signal_adoption
from shared.domain.criteria import Criteria
from shared.domain.events import (
    DomainEvent,
    FindingDisabled,
    FindingEnabled,
    RecordedEvent,
    ScoresAdopted,
    SignalsAdopted,
)
from shared.domain.exploited_flaws import ExploitedFlaws
from shared.domain.exploits import ExploitSignals
from shared.domain.low_scores import LowScores
from shared.domain.rule_signals import RuleSignals
from shared.domain.rules import Rule, bound

_MOST_LIMITS = 10  # of EPSS scores: each has events of its own, a megabyte at first and kilobytes every day


class InvalidRule(ValueError):
    """A rule that cannot be made, with the reason."""


class RuleNotFound(LookupError):
    """No rule, or no active one, has this id."""


class RuleChanged(Exception):
    """Somebody else has changed a rule since it was read."""


class RuleBook(msgspec.Struct, frozen=True):
    """All rules ever made, by id, and what they go by: the exploited flaws, and by limit the low scores."""

    rules: Mapping[str, Rule] = {}
    exploited: ExploitedFlaws = ExploitedFlaws()
    scores: Mapping[float, LowScores] = {}

    def active(self, at: datetime) -> tuple[Rule, ...]:
        """Return the rules in force at a time, in the order they were made."""
        return tuple(bound(rule, self._signals(rule)) for rule in self.rules.values() if rule.state(at) == "active")

    def scores_below(self, limit: float) -> LowScores:
        """Return the low scores that rules with a limit go by."""
        return self.scores.get(limit, LowScores(limit))

    def _signals(self, rule: Rule) -> RuleSignals:
        limit = rule.criteria.epss_below
        return RuleSignals(
            exploited=self.exploited if rule.criteria.not_exploited else None,
            scores=None if limit is None else self.scores_below(limit),
        )

    def rule(self, rule_id: str) -> Rule:
        """Return the rule of an id, whatever its state; raise RuleNotFound."""
        if rule_id not in self.rules:
            raise RuleNotFound(f"no rule has the id {ascii(rule_id)[:80]}")
        return self.rules[rule_id]


def evolve(book: RuleBook, recorded: RecordedEvent) -> RuleBook:
    """Fold one event into the book; events of other streams are none of its business."""
    event, meta = recorded.event, recorded.meta
    if isinstance(event, FindingDisabled):
        rule = _written(event, book.rules.get(event.rule_id), meta.recorded_at)
        return msgspec.structs.replace(book, rules={**book.rules, rule.id: rule})
    if isinstance(event, FindingEnabled) and event.rule_id in book.rules:
        removed = msgspec.structs.replace(book.rules[event.rule_id], removed=meta.recorded_at)
        return msgspec.structs.replace(book, rules={**book.rules, removed.id: removed})
    if isinstance(event, SignalsAdopted):
        return msgspec.structs.replace(book, exploited=signal_adoption.evolve(book.exploited, recorded))
    if isinstance(event, ScoresAdopted):
        return msgspec.structs.replace(book, scores=score_adoption.evolve(book.scores, recorded))
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
    _check(book, rule, now)
    return [rule]


def change_rule(book: RuleBook, change: FindingDisabled, now: datetime) -> list[DomainEvent]:
    """Decide on writing a rule anew; ``revision`` of the change is the one that it is to have.

    Raise RuleNotFound for a rule that is not there or was taken back, RuleChanged where somebody else was faster.
    """
    rule = book.rules.get(change.rule_id)
    if rule is None or rule.removed is not None:
        raise RuleNotFound(f"no rule has the id {change.rule_id}, or it was taken back")
    if change == _event(rule):
        return []
    if change.revision != rule.revision + 1:
        raise RuleChanged(f"rule {rule.id} was changed meanwhile and is at revision {rule.revision}: read it again")
    _check(book, change, now)
    return [change]


def enable_findings(book: RuleBook, removal: FindingEnabled, now: datetime) -> list[DomainEvent]:
    """Decide on taking a rule back; raise RuleNotFound where none of that id was ever made."""
    rule = book.rules.get(removal.rule_id)
    if rule is None:
        raise RuleNotFound(f"no rule has the id {removal.rule_id}")
    return [] if rule.state(now) == "removed" else [removal]


def preview(book: RuleBook, rule: FindingDisabled, at: datetime) -> RuleBook:
    """Return the book as it would be with a rule that is new or changed; raise InvalidRule."""
    _check(book, rule, at)
    made = _written(rule, book.rules.get(rule.rule_id), at)
    return msgspec.structs.replace(book, rules={**book.rules, made.id: made})


def adopt_signals(book: RuleBook, criteria: Criteria, signals: ExploitSignals) -> list[DomainEvent]:
    """Decide on adopting what criteria ask for; of long changes a part, and nothing once all is adopted."""
    events: list[DomainEvent] = []
    if criteria.not_exploited:
        events += signal_adoption.adopt(book.exploited, signal_adoption.relied_on(signals))
    if criteria.epss_below is not None:
        scored = score_adoption.scored_below(criteria.epss_below, signals)
        events += score_adoption.adopt(book.scores_below(criteria.epss_below), scored)
    return events


def going_by(book: RuleBook, criteria: Criteria, signals: ExploitSignals, at: datetime) -> RuleBook:
    """Return the book as it would be if what criteria ask for were adopted at a time."""
    if criteria.not_exploited:
        book = msgspec.structs.replace(book, exploited=signal_adoption.going_by(signals, book.exploited, at))
    if criteria.epss_below is not None:
        scores = score_adoption.going_by(signals, book.scores_below(criteria.epss_below), at)
        book = msgspec.structs.replace(book, scores={**book.scores, scores.below: scores})
    return book


def _event(rule: Rule) -> FindingDisabled:
    return FindingDisabled(
        rule.id, rule.scope, rule.criteria, rule.reason, rule.author, expires=rule.expires, revision=rule.revision
    )


def _check(book: RuleBook, rule: FindingDisabled, now: datetime) -> None:
    if rule.criteria.empty:
        raise InvalidRule(f"a rule needs at least one criterion: {', '.join(_CRITERIA)}")
    if rule.criteria.text and not rule.criteria.text.strip():
        raise InvalidRule("text: blanks are in the text of every finding; name words of those that are meant")
    if not rule.reason.strip() or not rule.author.strip():
        raise InvalidRule("a rule needs a reason and an author")
    if rule.expires is not None and rule.expires <= now:
        raise InvalidRule(f"the rule would have expired already: {rule.expires.isoformat()}")
    _check_limit(book, rule, now)


def _check_limit(book: RuleBook, rule: FindingDisabled, now: datetime) -> None:
    active = [one for one in book.rules.values() if one.state(now) == "active"]
    others = {one.criteria.epss_below for one in active if one.id != rule.rule_id} - {None}
    # A log that is older than this check may have more: a rule may keep what it has.
    in_force = {one.criteria.epss_below for one in active} - {None}
    if len(others) >= _MOST_LIMITS and rule.criteria.epss_below not in {None, *in_force}:
        used = ", ".join(f"{limit:g}" for limit in sorted(filter(None, others)))
        raise InvalidRule(f"epssBelow: there may be {_MOST_LIMITS} different limits, take one of these: {used}")


def _written(event: FindingDisabled, before: Rule | None, at: datetime) -> Rule:
    return Rule(
        id=event.rule_id,
        scope=event.scope,
        criteria=event.criteria,
        reason=event.reason,
        author=event.author,
        created=before.created if before else at,
        expires=event.expires,
        changed=at if before else None,
        revision=event.revision,
    )


_CRITERIA = [field.encode_name for field in msgspec.structs.fields(Criteria)]
