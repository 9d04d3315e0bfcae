"""Two workers at once, call by call, in every order: the end is that of one after the other."""

from __future__ import annotations

import pytest

from tests.support.faults.races import RACES
from tests.support.faults.summary import RecordProperty, count


@pytest.mark.parametrize("name", RACES)
def test_two_workers_at_once_end_as_one_after_the_other(name: str, record_property: RecordProperty) -> None:
    orders = RACES[name].check()
    assert orders > 10
    count(record_property, "interleavings", orders)
