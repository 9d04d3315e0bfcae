"""Have rules go by what is known to be exploited now: an event, so that what they hide follows from the log."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from shared.domain import rule_book
from shared.domain.events import DomainEvent
from shared.domain.exploited_flaws import ExploitedFlaws
from shared.domain.exploits import ExploitSignals
from shared.domain.rule_book import RuleBook
from shared.domain.signal_adoption import adopt, relied_on
from shared.eventlog.interface import EventLog, StreamName
from shared.eventlog.transact import Transactor
from shared.services.commands import Clock, command

_ACTOR = "plimsoll"


@dataclass(frozen=True)
class AdoptSignals:
    """Appends to the rules of a subscription by what the signals differ from what rules went by until now."""

    log: EventLog
    transactor: Transactor
    stream: StreamName
    signals: Callable[[datetime | None], ExploitSignals]
    now: Clock

    def where_used(self) -> None:
        """Adopt the signals of now, if a rule in force goes by them."""
        book = rule_book.fold(self.log.load(self.stream).events)
        if any(rule.catalog for rule in book.active(self.now())):
            self()

    def __call__(self) -> None:
        """Adopt the signals of now, for a rule that is about to be made."""
        cves = relied_on(self.signals(None))
        before = rule_book.fold(self.log.load(self.stream).events).exploited
        told = command(_named(before, cves), sorted(cves or ()), at=self.now(), actor=_ACTOR, cause="signals")
        self.transactor.run(self.stream, rule_book.fold, told, self._decide)

    def _decide(self, book: RuleBook) -> list[DomainEvent]:
        # Asked again at every attempt: whoever was faster may have adopted newer ones.
        return adopt(book.exploited, relied_on(self.signals(None)))


def _named(before: ExploitedFlaws, cves: frozenset[str] | None) -> str:
    # A catalog may come back to what it was: the version tells the two adoptions apart.
    content = "none" if cves is None else hashlib.sha256("\n".join(sorted(cves)).encode()).hexdigest()[:16]
    return f"signals-{before.version}-{content}"
