"""By which EPSS scores rules go: decided on and folded as events of the rules' stream.

The events say of all CVEs which have a score below the limit of a rule, and not only of those found so far: an image
that is pushed a minute later is judged by the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

import msgspec

from shared.domain.cve_sets import CveSet, Run, read_runs, write_runs
from shared.domain.events import DomainEvent, RecordedEvent, ScoresAdopted
from shared.domain.exploits import ExploitSignals
from shared.domain.low_scores import LowScores

MOST_PARTS = 60  # of one append; with the longest texts they stay below what Table Storage takes at once
_MOST_TEXT = 30_000  # characters of one event, which has room for a few more
_YEAR_TEXT = 10  # the name of a year around its runs

type Adopted = Mapping[float, LowScores]


class Scored(NamedTuple):
    """What a table of scores says: its day, and the CVEs below a limit."""

    edition: str
    cves: CveSet


def evolve(adopted: Adopted, recorded: RecordedEvent) -> Adopted:
    """Fold one event into what was adopted, by limit; raise InvalidRuns."""
    event = recorded.event
    if not isinstance(event, ScoresAdopted):
        return adopted
    before = adopted.get(event.below, LowScores(event.below))
    written = _changed(before.written, tuple(event.removed.items()), tuple(event.added.items()))
    now = msgspec.structs.replace(before, told=recorded.version, written=written)
    if not event.more:
        now = LowScores(
            below=event.below,
            version=recorded.version,
            since=recorded.meta.recorded_at,
            at_hand=event.at_hand,
            edition=event.edition,
            cves=written,
            told=recorded.version,
            written=written,
        )
    return {**adopted, event.below: now}


type _Texts = tuple[tuple[str, str], ...]


# Every image's past is folded over the same events: what they lead to is kept, for eleven years of one limit. A step of
# 1,500 CVEs takes some 50 kB.
@lru_cache(maxsize=4096)
def _changed(before: CveSet, removed: _Texts, added: _Texts) -> CveSet:
    return before - read_runs(dict(removed)) | read_runs(dict(added))


def adopt(before: LowScores, scored: Scored | None) -> list[DomainEvent]:
    """Decide on going by a table from now on, or by none (None): nothing where that is so already.

    Of a change that is too long for one append, the first part is given; until the last part was told, what was in
    force stays in force.
    """
    below = before.below
    if scored is None:
        return [ScoresAdopted(below=below, at_hand=False)] if before.at_hand else []
    if before.at_hand and before.cves == scored.cves:
        return []
    parts = list(_parts(below, scored, before.written)) or [_part(below, scored, {}, {})]
    last = msgspec.structs.replace(parts[-1], at_hand=True, more=False)
    return [*parts[:-1], last] if len(parts) <= MOST_PARTS else [*parts[:MOST_PARTS]]


def scored_below(limit: float, signals: ExploitSignals) -> Scored | None:
    """Return what signals say of a limit; None where they cannot be relied on."""
    return None if signals.without_epss else Scored(signals.epss_edition, signals.scored_below(limit))


def going_by(signals: ExploitSignals, before: LowScores, at: datetime) -> LowScores:
    """Return what rules would go by if scores were adopted at a time."""
    scored = scored_below(before.below, signals)
    if not adopt(before, scored):
        return before
    edition, cves = scored or Scored(before.edition, before.cves)
    return LowScores(before.below, before.told + 1, at, scored is not None, edition, cves)


class _Piece(NamedTuple):
    came: bool
    run: Run


def _parts(below: float, scored: Scored, written: CveSet) -> Iterator[ScoresAdopted]:
    removed: list[Run] = []
    added: list[Run] = []
    room, years = _MOST_TEXT, set[tuple[bool, str]]()
    for came, run in _pieces(written - scored.cves, scored.cves - written):
        needed = len(str(run)) + 1 + (0 if (came, run.year) in years else _YEAR_TEXT)
        if needed > room:
            yield _part(below, scored, write_runs(removed), write_runs(added))
            removed, added, room, years = [], [], _MOST_TEXT, set()
            needed = len(str(run)) + 1 + _YEAR_TEXT
        (added if came else removed).append(run)
        years.add((came, run.year))
        room -= needed
    if removed or added:
        yield _part(below, scored, write_runs(removed), write_runs(added))


def _pieces(removed: CveSet, added: CveSet) -> Iterator[_Piece]:
    yield from (_Piece(False, run) for run in removed.runs())
    yield from (_Piece(True, run) for run in added.runs())


def _part(below: float, scored: Scored, removed: dict[str, str], added: dict[str, str]) -> ScoresAdopted:
    return ScoresAdopted(below=below, at_hand=False, more=True, edition=scored.edition, added=added, removed=removed)
