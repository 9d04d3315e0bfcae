"""The disable rules within the index: which findings meet the criteria of each rule in force."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

import msgspec

from shared.domain.criteria import Criteria, RuledImage
from shared.domain.cve_sets import NO_CVES, CveSet, read_runs, write_runs
from shared.domain.findings import Finding
from shared.domain.image_health import ImageHealth, ruled_image
from shared.domain.rule_book import RuleBook
from shared.domain.rule_signals import NO_SIGNALS, RuleSignals
from shared.domain.rules import Rule
from shared.projections.findings_index.bare_findings import unpacked
from shared.projections.findings_index.whole_times import microseconds

type _Revision = tuple[str, int, str]
"""What is judged by: the id of a rule, its revision, and the name of the signals that it goes by."""


class KeptRule(NamedTuple):
    """A rule in the index; of two that a finding meets, the one with the lower place disables it."""

    place: int
    id: str
    revision: int
    criteria: Criteria
    signals: RuleSignals = NO_SIGNALS

    def disables(self, finding: Finding) -> bool:
        """Say whether a finding meets its criteria."""
        return self.criteria.match(finding, self.signals)


@dataclass(frozen=True)
class KeptRules:
    """The rules of an open file. One that expires is there until the next change, and disables nothing any more."""

    connection: sqlite3.Connection

    def all(self) -> list[KeptRule]:
        """Return the rules that are there."""
        rows = self.connection.execute("SELECT place, id, revision, criteria, signals FROM rule ORDER BY place")
        return [
            KeptRule(place, name, revision, msgspec.json.decode(criteria, type=Criteria), _read_signals(signals))
            for place, name, revision, criteria, signals in rows
        ]

    def _there(self) -> dict[_Revision, int]:
        rows = self.connection.execute("SELECT id, revision, adopted, place FROM rule")
        return {(name, revision, adopted): place for name, revision, adopted, place in rows}

    def differ(self, book: RuleBook, at: datetime) -> bool:
        """Say whether other rules are in force at a time than those that are there."""
        return self._there().keys() != {_revision(rule) for rule in book.active(at)}

    def take_over(self, book: RuleBook, at: datetime) -> None:
        """Make the rules the same as those in force at a time; what a revision of a rule says never changes."""
        active = {_revision(rule) for rule in book.active(at)}
        there = self._there()
        for place in (place for revision, place in there.items() if revision not in active):
            self.connection.execute("DELETE FROM rule WHERE place = ?", (place,))
            self.connection.execute("DELETE FROM finding_rule WHERE rule = ?", (place,))
            self.connection.execute("DELETE FROM image_rule WHERE rule = ?", (place,))
        places = {rule_id: place for place, rule_id in enumerate(book.rules)}
        for made in book.active(at):
            if _revision(made) not in there:
                self._add(places[made.id], made)

    def _add(self, place: int, rule: Rule) -> None:
        scope, criteria = rule.scope, rule.criteria
        expires = microseconds(rule.expires) if rule.expires else None
        self.connection.execute(
            "INSERT INTO rule VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(place, rule.id, rule.revision, scope.registry, scope.repository, scope.digest),
                *(expires, criteria.about_images, msgspec.json.encode(criteria)),
                *((rule.signals.name, _written_signals(rule.signals)) if rule.signals else ("", None)),
            ),
        )
        met = [(number, place) for number, finding in self._candidates(criteria) if rule.disables(finding)]
        self.connection.executemany("INSERT INTO finding_rule VALUES (?, ?)", met)
        if criteria.about_images:
            concerned = [(number, place) for number, image in self._images() if criteria.concern(image)]
            self.connection.executemany("INSERT INTO image_rule VALUES (?, ?)", concerned)

    def _images(self) -> Iterator[tuple[int, RuledImage]]:
        for number, shown in self.connection.execute("SELECT id, shown FROM image WHERE listed"):
            yield number, ruled_image(msgspec.json.decode(shown, type=ImageHealth))

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
            yield number, unpacked(content)


def _written_signals(signals: RuleSignals) -> bytes:
    # What is being written of a long change is not gone by.
    scores = signals.scores and msgspec.structs.replace(signals.scores, written=NO_CVES)
    told = msgspec.structs.replace(signals, scores=scores)
    return msgspec.json.encode(told, enc_hook=lambda cves: write_runs(cves.runs()))


@lru_cache(maxsize=8)
def _read_signals(content: bytes | None) -> RuleSignals:
    if content is None:
        return NO_SIGNALS
    return msgspec.json.decode(content, type=RuleSignals, dec_hook=_read_cves)


def _read_cves(_: type[CveSet], runs: dict[str, str]) -> CveSet:
    return read_runs(runs)


def _revision(rule: Rule) -> _Revision:
    return rule.id, rule.revision, rule.signals.name if rule.signals else ""
