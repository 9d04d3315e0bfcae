"""Where rules reach: the scopes whose images may look otherwise after a change of the rules, or at an expiry."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from shared.domain import rule_book
from shared.domain.events import FindingDisabled, RecordedEvent, ScoresAdopted, SignalsAdopted
from shared.domain.rules import RuleScope


def changed_scopes(events: Sequence[RecordedEvent], after: int) -> set[RuleScope]:
    """Give every scope, former ones too, of the rules that the events behind a version are about."""
    new = [recorded.event for recorded in events if recorded.version > after]
    ids = {getattr(event, "rule_id", None) for event in new}
    signals = any(isinstance(event, SignalsAdopted | ScoresAdopted) for event in new)
    every = (recorded.event for recorded in events)
    rules = (event for event in every if isinstance(event, FindingDisabled))
    return {rule.scope for rule in rules if rule.rule_id in ids or (signals and rule.criteria.asks_signals)}


def expired_scopes(events: Sequence[RecordedEvent], since: datetime, until: datetime) -> set[RuleScope]:
    """Give the scopes of the rules that expired in a span of time, its end included."""
    rules = rule_book.fold(events).rules.values()
    return {rule.scope for rule in rules if rule.expires and since < rule.expires <= until}
