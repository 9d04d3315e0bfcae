"""Tell a story once for every call of storage in it, and kill the worker after that call."""

from __future__ import annotations

from tests.support.faults import laws
from tests.support.faults.gates import DieAfter
from tests.support.faults.stories import Story


def check_every_death(story: Story) -> int:
    """Check that a story with a death ends like the one without; return how many deaths there were."""
    calls = DieAfter()
    undisturbed = laws.picture(story.tell(calls))
    for point in range(1, len(calls.calls) + 1):
        stage = story.tell(DieAfter(point))
        laws.check(stage)
        assert laws.picture(stage) == undisturbed, f"killed after call {point}: {calls.calls[point - 1]}"
    return len(calls.calls)


def check_deaths_that_nobody_repeats(story: Story) -> int:
    """Check that a deed whose worker dies, and that is not done again, leaves nothing half done."""
    calls = DieAfter()
    story.tell(calls)
    for point in range(1, len(calls.calls) + 1):
        laws.check(story.tell(DieAfter(point), again=False))
    return len(calls.calls)
