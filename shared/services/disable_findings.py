"""Make and take back disable rules."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import msgspec

from shared.domain import rule_book
from shared.domain.criteria import Criteria
from shared.domain.events import DomainEvent, FindingDisabled, FindingEnabled, RecordedEvent
from shared.domain.rule_book import InvalidRule, RuleBook, RuleNotFound
from shared.domain.rules import Rule
from shared.eventlog.interface import EventLog, LimitExceeded, StreamName
from shared.eventlog.transact import Transactor
from shared.services.commands import Clock, RequestConflict, command

type _Decide = Callable[[RuleBook, FindingDisabled, datetime], list[DomainEvent]]


@dataclass(frozen=True)
class DisableFindings:
    """Appends to the stream of a subscription's rules."""

    log: EventLog
    transactor: Transactor
    stream: StreamName
    now: Clock
    adopt_signals: Callable[[Criteria], None]

    def disable(self, rule: FindingDisabled, actor: str = "") -> Rule:
        """Make a rule and return it as the log knows it; the actor is who asked, else the author.

        Raise InvalidRule, or RequestConflict where a rule of this id was made that says something else.
        """
        now = self._prepared(rule, rule_book.disable_findings)
        told = command(f"rule-{rule.rule_id}", rule, at=now, actor=actor or rule.author, cause=rule.rule_id)
        try:
            self.transactor.run(
                self.stream, rule_book.fold, told, lambda book: rule_book.disable_findings(book, rule, now)
            )
        except LimitExceeded as error:
            raise InvalidRule("the rule is too long: split it into several") from error
        events = self.log.load(self.stream).events
        made = next(one.event for one in events if _rule_id(one) == rule.rule_id)
        if made != rule:
            raise RequestConflict(f"the request that made rule {rule.rule_id} asked for another: use an id of its own")
        return rule_book.fold(events).rules[rule.rule_id]

    def change(self, rule: FindingDisabled, actor: str = "") -> Rule:
        """Write a rule anew and return it; raise InvalidRule, RuleNotFound or RuleChanged."""
        now = self._prepared(rule, rule_book.change_rule)
        wanted = hashlib.sha256(msgspec.json.encode(rule)).hexdigest()[:16]
        told = command(f"rule-{rule.rule_id}-{wanted}", rule, at=now, actor=actor or rule.author, cause=rule.rule_id)
        try:
            self.transactor.run(self.stream, rule_book.fold, told, lambda book: rule_book.change_rule(book, rule, now))
        except LimitExceeded as error:
            raise InvalidRule("the rule is too long: split it into several") from error
        return rule_book.fold(self.log.load(self.stream).events).rules[rule.rule_id]

    def _prepared(self, rule: FindingDisabled, decide: _Decide) -> datetime:
        """Have a rule go by what is known of exploitation from its first moment on; return the time.

        What is adopted may be megabytes of events: not for a rule that will be refused, or is there already.
        """
        asking = rule.criteria.asks_signals
        if asking and decide(rule_book.fold(self.log.load(self.stream).events), rule, self.now()):
            self.adopt_signals(rule.criteria)
        return self.now()

    def history(self, rule_id: str, at: datetime | None = None) -> list[RecordedEvent]:
        """Return the events of one rule up to a time, or all, oldest first; raise RuleNotFound where there is none."""
        events = self.log.load(self.stream).events
        own = [one for one in events if _rule_id(one) == rule_id and (at is None or one.meta.recorded_at <= at)]
        if not own:
            raise RuleNotFound(f"no rule has the id {ascii(rule_id)[:80]}")
        return own

    def enable(self, removal: FindingEnabled) -> None:
        """Take a rule back; raise RuleNotFound."""
        now = self.now()
        told = command(
            f"unrule-{removal.rule_id}", removal.rule_id, at=now, actor=removal.author, cause=removal.rule_id
        )
        self.transactor.run(
            self.stream, rule_book.fold, told, lambda book: rule_book.enable_findings(book, removal, now)
        )


def _rule_id(recorded: RecordedEvent) -> str | None:
    return getattr(recorded.event, "rule_id", None)
