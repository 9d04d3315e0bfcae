"""The disable rules as every projection needs them: folded, and kept in memory until the stream grows."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import NamedTuple

from shared.domain import rule_book
from shared.domain.events import RecordedEvent
from shared.domain.rule_book import RuleBook
from shared.domain.rules import Rule
from shared.eventlog.interface import EventLog, StreamName


class RulesNow(NamedTuple):
    """The rules in force at a moment, and every event of the rules until then."""

    active: tuple[Rule, ...] = ()
    told: tuple[RecordedEvent, ...] = ()


@dataclass
class RuleReader:
    """Reads the rule book of one subscription; only what was appended since the last time is folded again."""

    log: EventLog
    stream: StreamName
    _book: RuleBook = field(default_factory=RuleBook)
    _told: tuple[RecordedEvent, ...] = ()
    _lock: Lock = field(default_factory=Lock)

    def book(self) -> RuleBook:
        """Return all rules as of now."""
        return self._read()[0]

    def in_force(self, now: datetime) -> RulesNow:
        """Return the rules in force at a time that has come, and all that was ever said of rules."""
        book, told = self._read()
        return RulesNow(book.active(now), told)

    def _read(self) -> tuple[RuleBook, tuple[RecordedEvent, ...]]:
        with self._lock:
            told, known = tuple(self.log.load(self.stream).events), len(self._told)
            if told[known - 1 : known] != self._told[-1:]:  # the log was restored to another one
                self._book, known = RuleBook(), 0
            for recorded in told[known:]:
                self._book = rule_book.evolve(self._book, recorded)
            self._told = told
            return self._book, self._told

    def book_as_of(self, at: datetime) -> RuleBook:
        """Return the rules as the log knew them at a time."""
        return rule_book.fold(one for one in self.log.load(self.stream).events if one.meta.recorded_at <= at)


def fingerprint(rules: Sequence[Rule]) -> str:
    """Name a set of rules in force, so that a projection can tell whether it was made under the same."""
    return hashlib.sha256("\n".join(sorted(map(_name, rules))).encode()).hexdigest()[:16] if rules else ""


def _name(rule: Rule) -> str:
    # A rule that was never changed is named as before there were revisions, so that its rows stay as they are.
    named = rule.id if rule.revision == 1 else f"{rule.id} {rule.revision}"
    return f"{named} {rule.signals.name}" if rule.signals else named
