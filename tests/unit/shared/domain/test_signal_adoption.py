"""Adopting a catalog of exploited flaws: whatever came before, rules then go by exactly that."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from shared.domain import rule_book
from shared.domain.criteria import Criteria
from shared.domain.events import FindingDisabled, Meta, RecordedEvent, SignalsAdopted
from shared.domain.exploited_flaws import ExploitedFlaws
from shared.domain.exploits import NoSignals
from shared.domain.findings import flaw_names
from shared.domain.rules import RuleScope, disabling_rule, judge_alike
from shared.domain.signal_adoption import adopt, evolve, going_by
from shared.eventlog import codec
from shared.eventlog.limits import MAX_PROPERTY
from tests.support.examples import START, finding

META = Meta(START, START, "plimsoll", "signals", "signals")
CATALOGS = st.lists(st.none() | st.frozensets(st.integers(0, 1200).map("CVE-2026-{:04d}".format)), max_size=5)


def adopted(before: ExploitedFlaws, cves: frozenset[str] | None) -> list[ExploitedFlaws]:
    """Fold what is decided, and return every step."""
    steps = [before]
    for event in adopt(before, cves):
        steps.append(evolve(steps[-1], RecordedEvent(steps[-1].version + 1, event, META)))
    return steps[1:]


@given(CATALOGS)
def test_whatever_was_before_rules_go_by_the_catalog_that_was_adopted(catalogs: list[frozenset[str] | None]) -> None:
    now = ExploitedFlaws()
    for cves in catalogs:
        now = [now, *adopted(now, cves)][-1]
        assert now.at_hand == (cves is not None)
        assert cves is None or now.cves == cves
        assert adopt(now, cves) == []


def test_while_parts_are_told_none_is_at_hand_and_each_fits_into_an_event() -> None:
    longest = frozenset(f"CVE-9999-{number:019d}" for number in range(2500))
    small = adopted(ExploitedFlaws(), frozenset({"CVE-2026-0001"}))[-1]
    events = adopt(small, longest)
    assert [step.at_hand for step in adopted(small, longest)] == [False, False, True]
    assert all(len(codec.encode_event(event)[2].encode("utf-16-le")) <= MAX_PROPERTY for event in events)


def test_a_flaw_is_looked_up_under_all_of_its_names() -> None:
    [now] = adopted(ExploitedFlaws(), frozenset({"CVE-2026-0002"}))
    known = finding("DSA-1", aliases=("cve-2026-0002",)), finding("CVE-2026-0002")
    assert [now.lack(one) for one in (*known, finding("CVE-2026-0001"))] == [False, False, True]


def test_of_nothing_can_be_said_that_it_is_not_exploited_where_no_catalog_is_at_hand() -> None:
    one = finding("CVE-2026-0001")
    assert not ExploitedFlaws().lack(one)
    [given_up] = adopted(adopted(ExploitedFlaws(), frozenset({"CVE-2026-0002"}))[-1], None)
    assert not given_up.lack(one)


def test_without_signals_rules_would_go_by_none() -> None:
    before = evolve(ExploitedFlaws(), RecordedEvent(3, SignalsAdopted(at_hand=True, added=("CVE-2026-0002",)), META))
    assert not going_by(NoSignals(), before, START).at_hand
    assert going_by(NoSignals(), ExploitedFlaws(), START) == ExploitedFlaws()


@given(CATALOGS, st.sampled_from(["CVE-2026-0001", "CVE-2026-0700"]))
def test_rules_judge_alike_under_catalogs_that_say_the_same_of_a_report(
    catalogs: list[frozenset[str] | None], flaw: str
) -> None:
    made = RecordedEvent(1, FindingDisabled("r", RuleScope(), Criteria(not_exploited=True), "unused", "me"), META)
    book, hit, before = rule_book.evolve(rule_book.RuleBook(), made), finding(flaw), None
    for cves in catalogs:
        for step in adopted(book.exploited, cves):
            now = msgspec.structs.replace(book, exploited=step).active(START)
            if before is not None:
                same = (disabling_rule(hit, now) is None) == (disabling_rule(hit, before) is None)
                assert same or not judge_alike(before, now, flaw_names(hit))
            before, book = now, msgspec.structs.replace(book, exploited=step)
