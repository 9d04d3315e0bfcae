"""Have rules go by what is known of exploitation now: events, so that what they hide follows from the log."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

import msgspec

from shared.domain import rule_book, score_adoption, signal_adoption
from shared.domain.criteria import Criteria
from shared.domain.cve_sets import write_runs
from shared.domain.events import DomainEvent
from shared.domain.exploits import ExploitSignals
from shared.domain.low_scores import LowScores
from shared.domain.rule_book import RuleBook
from shared.domain.score_adoption import scored_below
from shared.domain.signal_adoption import relied_on
from shared.eventlog.interface import EventLog, StreamName
from shared.eventlog.transact import Transactor
from shared.services.commands import Clock, command

_ACTOR = "plimsoll"
_MOST_APPENDS = 10  # the longest table that is read takes two or three


@dataclass(frozen=True)
class AdoptSignals:
    """Appends to the rules of a subscription by what the signals differ from what rules went by until now."""

    log: EventLog
    transactor: Transactor
    stream: StreamName
    signals: Callable[[datetime | None], ExploitSignals]
    now: Clock

    def where_used(self) -> None:
        """Adopt the signals of now that any rule in force goes by."""
        self._adopt([rule.criteria for rule in self._book().active(self.now())])

    def __call__(self, criteria: Criteria) -> None:
        """Adopt the signals of now for a rule that is about to be made, if it asks for any."""
        self._adopt([criteria])

    def _adopt(self, asking: Iterable[Criteria]) -> None:
        asking = list(asking)
        if any(criteria.not_exploited for criteria in asking):
            self._adopt_exploited()
        for limit in sorted({criteria.epss_below for criteria in asking if criteria.epss_below is not None}):
            self._adopt_scores(limit)

    def _adopt_exploited(self) -> None:
        cves = relied_on(self.signals(None))
        content = "none" if cves is None else _hash("\n".join(sorted(cves)).encode())
        self._append(
            f"signals-{self._book().exploited.version}-{content}",
            sorted(cves or ()),
            # Asked again at every attempt: whoever was faster may have adopted newer ones.
            lambda book: signal_adoption.adopt(book.exploited, relied_on(self.signals(None))),
        )

    def _adopt_scores(self, limit: float) -> None:
        for _ in range(_MOST_APPENDS):
            before, scored = self._book().scores_below(limit), scored_below(limit, self.signals(None))
            if not score_adoption.adopt(before, scored):
                return
            runs = write_runs(scored.cves.runs()) if scored else None
            self._append(
                _named(before, runs),
                runs,
                lambda book: score_adoption.adopt(book.scores_below(limit), scored_below(limit, self.signals(None))),
            )

    def _book(self) -> RuleBook:
        return rule_book.fold(self.log.load(self.stream).events)

    def _append(self, command_id: str, content: object, decide: Callable[[RuleBook], list[DomainEvent]]) -> None:
        told = command(command_id, content, at=self.now(), actor=_ACTOR, cause="signals")
        self.transactor.run(self.stream, rule_book.fold, told, decide)


def _named(before: LowScores, runs: dict[str, str] | None) -> str:
    # A table may come back to what it was: the version tells the two adoptions apart.
    content = "none" if runs is None else _hash(msgspec.json.encode(runs))
    return f"scores-{before.below!r}-{before.told}-{content}"


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]
