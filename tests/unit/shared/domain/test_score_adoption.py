"""Adopting EPSS scores: whatever came before, rules of a limit then go by exactly the table's CVEs below it."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from shared.domain import score_adoption
from shared.domain.criteria import Criteria
from shared.domain.cve_sets import CveSet, cve_set, read_runs
from shared.domain.events import DomainEvent, Meta, RecordedEvent, ScoresAdopted
from shared.domain.exploits import NoSignals
from shared.domain.low_scores import LowScores
from shared.domain.rule_signals import RuleSignals
from shared.domain.score_adoption import MOST_PARTS, Scored, adopt, evolve, going_by
from shared.eventlog import codec, limits, rows
from shared.eventlog.interface import Stream, StreamName
from shared.eventlog.limits import MAX_PROPERTY
from shared.services.commands import command
from tests.support.examples import START, finding

META = Meta(START, START, "plimsoll", "signals", "signals")
CVES = tuple(f"CVE-2026-{number:04d}" for number in range(12))
TABLES = st.dictionaries(st.sampled_from(CVES), st.sampled_from([0.0, 0.05, 0.1, 0.5, 1.0]))
LIMITS = (0.05, 0.1, 1.0)


@dataclass(frozen=True)
class Table(NoSignals):
    """Signals of a table of scores."""

    scores: tuple[tuple[str, float], ...] = ()

    @property
    def without_epss(self) -> str:
        return ""

    def scored_below(self, limit: float) -> CveSet:
        return cve_set(name for name, score in self.scores if score < limit)


def told(adopted: score_adoption.Adopted, events: list[DomainEvent]) -> score_adoption.Adopted:
    version = max((one.told for one in adopted.values()), default=0)
    for number, event in enumerate(events, start=version + 1):
        adopted = evolve(adopted, RecordedEvent(number, event, META))
    return adopted


def adopted(scored: Scored | None, before: LowScores | None = None) -> LowScores:
    """Adopt to the end, in as many appends as it takes."""
    now = before or LowScores(0.1)
    while events := adopt(now, scored):
        now = told({now.below: now}, events)[now.below]
    return now


def scattered(count: int) -> CveSet:
    """Return as many CVEs, none beside another."""
    return read_runs({"2024": ",".join(str(number) for number in range(10**6, 10**6 + 2 * count, 2))})


@given(st.lists(st.none() | TABLES, max_size=5))
def test_whatever_was_before_rules_of_each_limit_go_by_what_the_table_has_below_it(
    tables: list[dict[str, float] | None],
) -> None:
    now: score_adoption.Adopted = {}
    for table in tables:
        signals = NoSignals() if table is None else Table(scores=tuple(table.items()))
        for limit in LIMITS:
            before = now.get(limit, LowScores(limit))
            expected = going_by(signals, before, START)
            scored = score_adoption.scored_below(limit, signals)
            now = told(now, adopt(before, scored))
            after = now.get(limit, LowScores(limit))
            assert after.at_hand == expected.at_hand == (table is not None)
            assert after.cves == expected.cves
            assert table is None or {cve for cve in CVES if cve in after.cves} == {
                cve for cve, score in table.items() if score < limit
            }
            assert adopt(after, scored) == []


def test_a_finding_is_met_only_where_every_cve_that_it_names_is_known_to_be_below() -> None:
    low = adopted(Scored("", cve_set(CVES[:2])))
    assert low.hold(finding(CVES[0]))
    assert low.hold(finding(CVES[0], aliases=("GHSA-1", CVES[1].lower())))
    assert not low.hold(finding(CVES[0], aliases=(CVES[2],)))  # known to be above, or not known at all
    assert not low.hold(finding(CVES[0], aliases=("CVE-2026-1",)))
    assert not low.hold(finding("GHSA-1"))
    assert not adopted(None, low).hold(finding(CVES[0]))
    assert not LowScores(0.1).hold(finding(CVES[0]))


def test_the_criterion_is_met_by_nothing_where_no_scores_are_given() -> None:
    criteria = Criteria(epss_below=0.1)
    assert not criteria.empty
    assert not criteria.match(finding(CVES[0]))
    assert criteria.match(finding(CVES[0]), RuleSignals(scores=adopted(Scored("", cve_set(CVES)))))


def test_every_part_fits_into_an_event_and_what_was_in_force_stays_until_the_last() -> None:
    small, long = adopted(Scored("2026-11-01", cve_set(CVES))), Scored("2026-11-02", scattered(9000))
    events = adopt(small, long)
    assert 1 < len(events) <= MOST_PARTS
    assert all(len(codec.encode_event(event)[2].encode("utf-16-le")) <= MAX_PROPERTY for event in events)
    steps = [told({0.1: small}, events[:count])[0.1] for count in range(len(events) + 1)]
    assert all((one.version, one.cves, one.edition) == (1, small.cves, "2026-11-01") for one in steps[:-1])
    assert (steps[-1].cves, steps[-1].edition, steps[-1].at_hand) == (long.cves, "2026-11-02", True)


def test_a_change_that_is_too_long_for_one_append_is_told_in_several() -> None:
    scored = Scored("", scattered(300_000))
    first = adopt(LowScores(0.1), scored)
    assert len(first) == MOST_PARTS
    assert all(isinstance(event, ScoresAdopted) and event.more and not event.at_hand for event in first)
    told_by = command("scores-0.1-0-0123456789abcdef", "", at=START, actor="plimsoll", cause="signals")
    built, _ = rows.build(Stream(StreamName("rules", ("s",)), 0, ()), told_by, first, START)
    limits.check(built)
    begun = told({}, first)[0.1]
    assert (begun.at_hand, begun.version, len(begun.cves)) == (False, 0, 0)
    assert adopted(scored, begun).cves == scored.cves


def test_a_long_change_that_was_given_up_leaves_nothing_behind() -> None:
    small, long = Scored("", cve_set(CVES)), Scored("", scattered(300_000))
    before = adopted(small)
    begun = told({0.1: before}, adopt(before, long))[0.1]
    assert adopt(begun, small) == []
    other = Scored("", cve_set(CVES[:3]))
    assert adopted(other, begun).cves == other.cves


def test_limits_are_told_apart() -> None:
    now = told({}, [*adopt(LowScores(0.1), Scored("", cve_set(CVES))), *adopt(LowScores(0.2), Scored("", cve_set([])))])
    assert [len(now[limit].cves) for limit in (0.1, 0.2)] == [12, 0]
