"""The disable rules within the index: which findings meet the criteria of each rule in force."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import msgspec

from shared.domain.findings import Finding
from shared.domain.rule_book import RuleBook
from shared.domain.rules import Criteria, Rule

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class KeptRule(NamedTuple):
    """A rule in the index; of two that a finding meets, the one with the lower place disables it."""

    place: int
    id: str
    criteria: Criteria


@dataclass(frozen=True)
class KeptRules:
    """The rules of an open file. One that expires is there until the next change, and disables nothing any more."""

    connection: sqlite3.Connection

    def all(self) -> list[KeptRule]:
        """Return the rules that are there."""
        rows = self.connection.execute("SELECT place, id, criteria FROM rule ORDER BY place")
        return [KeptRule(place, name, msgspec.json.decode(criteria, type=Criteria)) for place, name, criteria in rows]

    def differ(self, book: RuleBook, at: datetime) -> bool:
        """Say whether other rules are in force at a time than those that are there."""
        return {rule.id for rule in self.all()} != {rule.id for rule in book.active(at)}

    def take_over(self, book: RuleBook, at: datetime) -> None:
        """Make the rules the same as those in force at a time; what a rule says never changes."""
        active = {rule.id for rule in book.active(at)}
        kept = {rule.id: rule for rule in self.all()}
        for rule in kept.values():
            if rule.id not in active:
                self.connection.execute("DELETE FROM rule WHERE place = ?", (rule.place,))
                self.connection.execute("DELETE FROM finding_rule WHERE rule = ?", (rule.place,))
        for place, made in enumerate(book.rules.values()):
            if made.id in active and made.id not in kept:
                self._add(place, made)

    def _add(self, place: int, rule: Rule) -> None:
        scope = rule.scope
        criteria = msgspec.json.encode(rule.criteria)
        expires = microseconds(rule.expires) if rule.expires else None
        self.connection.execute(
            "INSERT INTO rule VALUES (?, ?, ?, ?, ?, ?, ?)",
            (place, rule.id, scope.registry, scope.repository, scope.digest, expires, criteria),
        )
        met = [(number, place) for number, finding in self._candidates(rule.criteria) if rule.criteria.match(finding)]
        self.connection.executemany("INSERT INTO finding_rule VALUES (?, ?)", met)

    def _candidates(self, criteria: Criteria) -> Iterator[tuple[int, Finding]]:
        """Yield at least the findings that meet criteria, by the index that narrows them down most."""
        names: tuple[str, ...] = ()
        condition = "TRUE OR ?"
        if criteria.finding_ids:
            names, condition = criteria.finding_ids, "finding_id IN (SELECT value FROM json_each(?))"
        elif criteria.cves:
            names = tuple(name.upper() for name in criteria.cves)
            condition = "id IN (SELECT finding FROM finding_flaw WHERE name IN (SELECT value FROM json_each(?)))"
        rows = self.connection.execute(
            f"SELECT id, content FROM finding WHERE {condition}",  # noqa: S608 - one of the three above
            (msgspec.json.encode(names).decode(),),
        )
        for number, content in rows:
            yield number, msgspec.json.decode(content, type=Finding)


def microseconds(at: datetime) -> int:
    """Give a time as a whole number, which is exact and can be compared."""
    return (at - _EPOCH) // timedelta(microseconds=1)
