"""Histories of 150 commands with faults in 30 % of all requests: nothing is lost and nothing is doubled."""

from __future__ import annotations

import pytest

from tests.support.faults.seeds import COMMANDS, SEEDS, check_seed, kept_seeds
from tests.support.faults.summary import RecordProperty, record

_AT_ONCE = 5


def test_a_seed_that_failed_once_does_not_fail_again(record_property: RecordProperty) -> None:
    for seed in kept_seeds():
        record(record_property, COMMANDS, check_seed(seed))


@pytest.mark.parametrize("first", range(0, SEEDS, _AT_ONCE))
def test_nothing_is_lost_or_doubled_under_faults(first: int, record_property: RecordProperty) -> None:
    for seed in range(first, first + _AT_ONCE):
        record(record_property, COMMANDS, check_seed(seed))
