"""The rules as projections read them."""

from shared.domain.criteria import Criteria
from shared.domain.events import DomainEvent, FindingDisabled, FindingEnabled
from shared.domain.rules import Rule, RuleScope
from shared.eventlog.interface import Command
from shared.eventlog.memory_log import MemoryEventLog
from shared.eventlog.streams import rules_stream
from shared.projections.rules import RuleReader, fingerprint
from tests.support.examples import START, at
from tests.support.memory_app import Clock

NAME = rules_stream("sub")


def rule(rule_id: str) -> FindingDisabled:
    return FindingDisabled(rule_id, RuleScope(), Criteria(("CVE-1",)), "why", "me")


def append(log: MemoryEventLog, command_id: str, event: DomainEvent) -> None:
    log.append(log.load(NAME), Command(command_id, b"", START, "me", "c", "c"), [event])


def test_a_reader_follows_its_stream_and_remembers_what_it_read() -> None:
    clock = Clock()
    log = MemoryEventLog(clock)
    reader = RuleReader(log, NAME)
    assert reader.book().rules == {}
    append(log, "1", rule("a"))
    clock.forward(minutes=5)
    append(log, "2", rule("b"))
    assert list(reader.book().rules) == ["a", "b"]
    append(log, "3", FindingEnabled("a", "", "me"))
    assert [one.id for one in reader.book().active(at(5))] == ["b"]
    assert RuleReader(log, NAME).book() == reader.book()


def test_the_past_knows_only_what_was_recorded_by_then() -> None:
    clock = Clock()
    log = MemoryEventLog(clock)
    append(log, "1", rule("a"))
    clock.forward(minutes=5)
    append(log, "2", rule("b"))
    reader = RuleReader(log, NAME)
    assert [list(reader.book_as_of(at(minute)).rules) for minute in (-1, 0, 4, 5)] == [[], ["a"], ["a"], ["a", "b"]]


def test_a_set_of_rules_has_one_fingerprint_in_any_order() -> None:
    rules = [Rule(name, RuleScope(), Criteria(("CVE-1",)), "why", "me", START) for name in "abc"]
    assert fingerprint(rules) == fingerprint(rules[::-1])
    assert len({fingerprint(rules), fingerprint(rules[:2]), fingerprint(())}) == 3
    assert fingerprint(()) == ""
