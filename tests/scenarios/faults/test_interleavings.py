"""Two workers at once, call by call, in every order: the end is that of one after the other."""

from __future__ import annotations

import pytest

from tests.support.faults.races import RACES


@pytest.mark.parametrize("name", RACES)
def test_two_workers_at_once_end_as_one_after_the_other(name: str) -> None:
    assert RACES[name].check() > 10
