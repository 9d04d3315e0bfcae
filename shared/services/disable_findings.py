"""Make and take back disable rules."""

from __future__ import annotations

from dataclasses import dataclass

from shared.domain import rule_book
from shared.domain.events import FindingDisabled, FindingEnabled
from shared.domain.rule_book import InvalidRule
from shared.domain.rules import Rule
from shared.eventlog.interface import EventLog, LimitExceeded, StreamName
from shared.eventlog.transact import Transactor
from shared.services.commands import Clock, command


@dataclass(frozen=True)
class DisableFindings:
    """Appends to the stream of a subscription's rules."""

    log: EventLog
    transactor: Transactor
    stream: StreamName
    now: Clock

    def disable(self, rule: FindingDisabled) -> Rule:
        """Make a rule and return it as the log knows it; raise InvalidRule."""
        now = self.now()
        told = command(f"rule-{rule.rule_id}", rule, at=now, actor=rule.author, cause=rule.rule_id)
        try:
            self.transactor.run(
                self.stream, rule_book.fold, told, lambda book: rule_book.disable_findings(book, rule, now)
            )
        except LimitExceeded as error:
            raise InvalidRule("the rule is too long: split it into several") from error
        return rule_book.fold(self.log.load(self.stream).events).rules[rule.rule_id]

    def enable(self, removal: FindingEnabled) -> None:
        """Take a rule back; raise RuleNotFound."""
        now = self.now()
        told = command(
            f"unrule-{removal.rule_id}", removal.rule_id, at=now, actor=removal.author, cause=removal.rule_id
        )
        self.transactor.run(
            self.stream, rule_book.fold, told, lambda book: rule_book.enable_findings(book, removal, now)
        )
