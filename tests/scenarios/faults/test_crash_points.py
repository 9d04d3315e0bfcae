"""A worker may be killed after any single call of storage: what it leaves behind is finished by the next one."""

from __future__ import annotations

import pytest

from tests.support.faults import laws
from tests.support.faults.gates import DieAfter
from tests.support.faults.stories import STORIES

# What people and timers ask for, and what one append does whole. Event Grid delivers again until it is answered, which
# is what the moving of a tag, in two streams, relies on.
_ASKED_ONCE = ("push, scan, project", "delete", "rule", "rescan", "new advisories", "scan on demand")


@pytest.mark.parametrize("name", STORIES)
def test_a_death_after_any_call_changes_nothing_that_anybody_sees(name: str) -> None:
    calls = DieAfter()
    undisturbed = laws.picture(STORIES[name].tell(calls))
    for point in range(1, len(calls.calls) + 1):
        stage = STORIES[name].tell(DieAfter(point))
        laws.check(stage)
        assert laws.picture(stage) == undisturbed, f"killed after call {point}: {calls.calls[point - 1]}"


@pytest.mark.parametrize("name", _ASKED_ONCE)
def test_a_trigger_that_dies_and_never_comes_again_leaves_nothing_half_done(name: str) -> None:
    """A caller over HTTP may give up: hints that were left before the append finish what was appended."""
    calls = DieAfter()
    STORIES[name].tell(calls)
    for point in range(1, len(calls.calls) + 1):
        laws.check(STORIES[name].tell(DieAfter(point), again=False))
