"""A worker may be killed after any single call of storage: what it leaves behind is finished by the next one."""

from __future__ import annotations

import pytest

from tests.support.faults.crash_points import check_deaths_that_nobody_repeats, check_every_death
from tests.support.faults.stories import STORIES
from tests.support.faults.summary import RecordProperty, count

# What people and timers ask for: one append does it whole, or it may be left where it is. Event Grid delivers again
# until it is answered, which is what the moving of a tag, in two streams, relies on.
_ASKED_ONCE = (
    *("push, scan, project", "delete", "rule", "rescan", "new advisories", "scan on demand"),
    "a walk for a rule",
    *("rebuild", "rebuild without a switch"),
)


@pytest.mark.parametrize("name", STORIES)
def test_a_death_after_any_call_changes_nothing_that_anybody_sees(name: str, record_property: RecordProperty) -> None:
    count(record_property, "crash points", check_every_death(STORIES[name]))


@pytest.mark.parametrize("name", _ASKED_ONCE)
def test_a_trigger_that_dies_and_never_comes_again_leaves_nothing_half_done(
    name: str, record_property: RecordProperty
) -> None:
    """A caller over HTTP may give up: hints that were left before the append finish what was appended."""
    count(record_property, "crash points", check_deaths_that_nobody_repeats(STORIES[name]))
