"""Histories of 150 commands and a rebuild, with faults in 30 % of all requests: nothing is lost, nothing is doubled."""

from __future__ import annotations

from random import Random

import pytest

from tests.support.azurite import Azurite
from tests.support.faults import laws
from tests.support.faults.histories import live_through, world
from tests.support.faults.old_schema import schemas_of_two_ages
from tests.support.faults.seeds import COMMANDS, SEEDS, SHARE, check_seed, kept_seeds, rebuilds
from tests.support.faults.service_stage import ServiceStage
from tests.support.faults.summary import RecordProperty, record
from tests.support.faults.transport import Breakage

_AT_ONCE = 5
_FEW = 25  # commands


def test_a_seed_that_failed_once_does_not_fail_again(record_property: RecordProperty) -> None:
    for seed in kept_seeds():
        record(record_property, COMMANDS, *check_seed(seed))


@pytest.mark.parametrize("first", range(0, SEEDS, _AT_ONCE))
def test_nothing_is_lost_or_doubled_under_faults(first: int, record_property: RecordProperty) -> None:
    for seed in range(first, first + _AT_ONCE):
        record(record_property, COMMANDS, *check_seed(seed))


@pytest.mark.parametrize("seed", range(2))
def test_nothing_is_lost_or_doubled_over_a_service_that_fails(
    seed: int, azurite: Azurite, record_property: RecordProperty
) -> None:
    """Fewer and shorter histories, through the SDK and over Azurite."""
    breakage = Breakage(Random(f"service {seed}"), SHARE)
    stage = ServiceStage(world(), connection_string=azurite.fresh_account(), breakage=breakage)
    with schemas_of_two_ages():
        undisturbed = live_through(seed, _FEW)
        live_through(seed, _FEW, order=Random(f"order {seed}"), stage=stage)
        laws.check(stage)
        assert laws.picture(stage) == laws.picture(undisturbed)
    record(record_property, _FEW, breakage, rebuilds(stage))
