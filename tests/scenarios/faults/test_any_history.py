"""Any history that Hypothesis can think of: redelivery, disorder, deaths, faults, two schemas, sweeps, rebuilds."""

from __future__ import annotations

from random import Random

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from tests.support.faults import laws, stories
from tests.support.faults.gates import DieAfter, RandomFaults
from tests.support.faults.histories import sweep
from tests.support.faults.log_laws import check_log
from tests.support.faults.old_schema import by_an_old_worker, schemas_of_two_ages
from tests.support.faults.rebuilds import ANY_STEP
from tests.support.faults.stage import Deed, Stage
from tests.support.faults.stepped_storage import Gate, open_gate

_NUMBERS = st.integers(1, 3)
# Each number adds a fraction of its own: of two pushes of a tag at the same time, none came last.
_MINUTES = st.integers(0, 30)
_TAGS = st.sampled_from(["v1", "v2", None])
_INDEXES = st.sampled_from([10, 11])


class AnyHistory(RuleBasedStateMachine):
    """A service whose workers may be killed, whose storage may fail, and whose messages come in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.ages = schemas_of_two_ages()
        self.ages.__enter__()
        self.stage = Stage(stories.world())
        self.told: list[Deed] = []
        self.gate: Gate = open_gate

    @initialize(seed=st.integers(0, 1_000), share=st.sampled_from([0.0, 0.1, 0.3]))
    def fail_some_requests(self, seed: int, share: float) -> None:
        if share:
            self.gate = RandomFaults(Random(seed), share)

    @rule(number=_NUMBERS, minute=_MINUTES, tag=_TAGS)
    def push(self, number: int, minute: int, tag: str | None) -> None:
        self._tell(stories.pushes(f"push-{number}-{minute}-{tag}", number, minute + number / 10, tag))

    @rule(number=_INDEXES, minute=_MINUTES, tag=_TAGS)
    def push_an_index(self, number: int, minute: int, tag: str | None) -> None:
        self._tell(stories.pushes_index(f"index-{number}-{minute}-{tag}", number, minute + number / 1000, tag))

    @rule(number=st.one_of(_NUMBERS, _INDEXES), minute=_MINUTES)
    def delete(self, number: int, minute: int) -> None:
        self._tell(stories.deletes(f"delete-{number}-{minute}", number, minute))

    @rule(number=_NUMBERS, minute=_MINUTES, old=st.booleans())
    def pull(self, number: int, minute: int, old: bool) -> None:
        deed = stories.pulls(f"pull-{number}-{minute}", number, minute)
        self._tell(by_an_old_worker(deed) if old else deed)

    @rule()
    def disable_and_enable(self) -> None:
        self._tell(stories.disables())
        self._tell(stories.enables())

    @rule(number=st.integers(1, 3), snapshot=st.integers(1, 5))
    def change_advisories(self, number: int, snapshot: int) -> None:
        if self.stage.worker().state(number).version:
            self._tell(stories.advisories_change(f"s{snapshot}", number))

    @rule(choice=st.integers(0, 1_000))
    def deliver_again(self, choice: int) -> None:
        if self.told:
            self.stage.deliver(self.told[choice % len(self.told)], self.gate)

    @rule(choice=st.integers(0, 1_000), point=st.integers(1, 30))
    def die_while_delivering_again(self, choice: int, point: int) -> None:
        if self.told:
            self.stage.attempt(self.told[choice % len(self.told)], DieAfter(point))

    @rule(seed=st.integers(0, 1_000), messages=st.integers(1, 6))
    def work_a_while(self, seed: int, messages: int) -> None:
        self.stage.work_a_while(messages, self.gate, Random(seed))

    @rule(minutes=st.integers(1, 40))
    def pass_time(self, minutes: int) -> None:
        self.stage.world.clock.forward(minutes=minutes)

    @rule()
    def sweep(self) -> None:
        self.stage.attempt(sweep, self.gate)

    @rule(step=st.sampled_from(ANY_STEP))
    def rebuild(self, step: Deed) -> None:
        """Take any step of a rebuild of the projections, in the middle of everything else."""
        self._tell(step)

    @invariant()
    def the_log_is_whole(self) -> None:
        check_log(self.stage.table("events").query("PartitionKey ge @first", {"first": ""}))

    def teardown(self) -> None:
        """Come to rest: without another fault everything is as the log says."""
        try:
            self.stage.drain()
            self.stage.deliver(sweep)
            self.stage.drain()
            laws.check(self.stage)
        finally:
            self.ages.__exit__(None, None, None)

    def _tell(self, deed: Deed) -> None:
        self.told.append(deed)
        self.stage.deliver(deed, self.gate)


def test_no_history_breaks_a_law() -> None:
    chosen = settings(
        max_examples=100,
        stateful_step_count=30,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(AnyHistory, settings=chosen)
