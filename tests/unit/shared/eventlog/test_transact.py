"""Decide and append, with everything that can come between."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import pytest

from shared.domain.events import DomainEvent, ImageDeleted, RecordedEvent
from shared.eventlog.interface import (
    Appended,
    Command,
    CommandReused,
    OutcomeUnknown,
    Stream,
    StreamName,
    VersionConflict,
)
from shared.eventlog.memory_log import MemoryEventLog
from shared.eventlog.transact import Transactor
from tests.support.examples import START
from tests.support.memory_app import Clock

NAME = StreamName("image", ("r", "d"))
ONE, TWO = ImageDeleted("one"), ImageDeleted("two")


class Died(Exception):
    """The process ends here."""


@dataclass
class Stage(MemoryEventLog):
    """A log and an announcer that tell what happened in which order, and fail where they are told to."""

    told: list[str] = field(default_factory=list)
    before_append: list[Callable[[], None]] = field(default_factory=list)
    after_append: list[Callable[[], None]] = field(default_factory=list)
    dies_at: str = ""
    seconds: float = 0

    def append(self, stream: Stream, command: Command, events: Sequence[DomainEvent]) -> Appended:
        if self.before_append:
            self.before_append.pop(0)()
        appended = super().append(stream, command, events)
        self.tell(f"append {named(events)}")
        if self.after_append:
            self.after_append.pop(0)()
        return appended

    def before(self, stream: StreamName, events: Sequence[DomainEvent]) -> None:
        self.tell(f"before {named(events)}")

    def after(self, stream: StreamName, events: Sequence[DomainEvent]) -> None:
        self.tell(f"after {named(events)}")

    def tell(self, what: str) -> None:
        self.told.append(what)
        if what.startswith(self.dies_at or "nothing"):
            raise Died(what)

    def wait(self, seconds: float) -> None:
        self.seconds += seconds

    def run(self, command: Command, decide: Callable[[list[str]], list[DomainEvent]]) -> Appended:
        return Transactor(self, self, clock=lambda: self.seconds, sleep=self.wait).run(NAME, fold, command, decide)

    def repositories(self) -> list[str]:
        return fold(self.load(NAME).events)


def fold(events: Iterable[RecordedEvent]) -> list[str]:
    return [one.event.repository for one in events if isinstance(one.event, ImageDeleted)]


def named(events: Sequence[DomainEvent]) -> str:
    return "+".join(event.repository for event in events if isinstance(event, ImageDeleted))


def told(command_id: str = "c1", content: bytes = b"{}") -> Command:
    return Command(command_id, content, START, "me", command_id, command_id)


def once(state: list[str]) -> list[DomainEvent]:
    return [] if "one" in state else [ONE]


def raising(error: Exception) -> Callable[[], None]:
    def fail() -> None:
        raise error

    return fail


@pytest.fixture
def stage() -> Stage:
    return Stage(Clock())


def test_a_delayed_hint_is_left_before_and_an_immediate_one_sent_after_an_append(stage: Stage) -> None:
    appended = stage.run(told(), once)
    assert stage.told == ["before one", "append one", "after one"]
    assert (appended.version, appended.duplicate) == (1, False)


def test_nothing_is_announced_where_nothing_is_decided(stage: Stage) -> None:
    appended = stage.run(told(), lambda state: [])
    assert (appended, stage.told) == (Appended(0, ()), [])


def test_a_conflict_is_decided_anew_on_the_new_state(stage: Stage) -> None:
    stage.before_append = [lambda: append(stage, "other", [TWO])]
    seen: list[list[str]] = []
    stage.run(told(), lambda state: seen.append(state) or [ONE])  # type: ignore[func-returns-value]
    assert seen == [[], ["two"]]
    assert stage.repositories() == ["two", "one"]


def test_a_conflict_with_somebody_who_did_the_same_ends_quietly(stage: Stage) -> None:
    stage.before_append = [lambda: append(stage, "other", [ONE])]
    assert stage.run(told(), once) == Appended(1, ())
    assert stage.repositories() == ["one"]


def test_conflicts_without_end_are_raised(stage: Stage) -> None:
    stage.before_append = [raising(VersionConflict("again"))] * 10
    with pytest.raises(VersionConflict):
        stage.run(told(), once)
    assert stage.repositories() == []
    assert 0 < stage.seconds < 10


def test_a_command_that_was_carried_out_is_success_and_is_announced_again(stage: Stage) -> None:
    stage.run(told(), once)
    appended = stage.run(told(), lambda state: [ONE])
    assert (appended.version, appended.duplicate) == (1, True)
    assert stage.repositories() == ["one"]
    assert stage.told[-1] == "after one"


def test_a_command_id_with_other_content_is_an_error_and_changes_nothing(stage: Stage) -> None:
    stage.run(told(), once)
    with pytest.raises(CommandReused):
        stage.run(told(content=b"other"), lambda state: [TWO])
    assert stage.repositories() == ["one"]


def test_a_lost_answer_to_a_committed_append_is_success_without_doubling(stage: Stage) -> None:
    stage.after_append = [raising(OutcomeUnknown("no answer"))]
    stage.run(told(), once)
    assert stage.repositories() == ["one"]
    assert stage.told == ["before one", "append one", "after one"]


def test_a_lost_answer_is_found_by_its_marker_where_the_decision_does_not_see_it(stage: Stage) -> None:
    stage.after_append = [raising(OutcomeUnknown("no answer"))]
    assert stage.run(told(), lambda state: [ONE]).duplicate
    assert stage.repositories() == ["one"]
    assert stage.told[-1] == "after one"


def test_an_append_that_got_lost_is_made_again(stage: Stage) -> None:
    stage.before_append = [raising(OutcomeUnknown("no answer"))]
    stage.run(told(), once)
    assert stage.told == ["before one", "append one", "after one"]


def test_what_is_decided_anew_has_delayed_hints_of_its_own(stage: Stage) -> None:
    stage.before_append = [lambda: append(stage, "other", [TWO])]
    stage.run(told(), lambda state: [ONE, TWO] if state else [ONE])
    assert stage.told == ["before one", "append two", "before one+two", "append one+two", "after one+two"]


def test_a_delayed_hint_that_grew_old_is_left_again(stage: Stage) -> None:
    def slow() -> None:
        stage.seconds += 21
        raise VersionConflict("slow")

    stage.before_append = [slow]
    stage.run(told(), once)
    assert stage.told == ["before one", "before one", "append one", "after one"]


@pytest.mark.parametrize(("point", "written"), [("before", []), ("append", ["one"]), ("after", ["one"])])
def test_a_process_that_dies_at_any_point_leaves_nothing_undone_or_done_twice(
    stage: Stage, point: str, written: list[str]
) -> None:
    stage.dies_at = point
    with pytest.raises(Died):
        stage.run(told(), once)
    assert stage.repositories() == written
    assert stage.told[0] == "before one"  # whatever follows, the delayed hint is there
    stage.dies_at = ""
    stage.run(told(), once)
    assert stage.repositories() == ["one"]


def append(stage: Stage, command_id: str, events: list[DomainEvent]) -> None:
    MemoryEventLog.append(stage, stage.load(NAME), told(command_id), events)
    stage.told.append(f"append {named(events)}")
