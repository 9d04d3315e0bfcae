"""Histories of 150 commands and a rebuild, with faults in 30 % of all requests: nothing is lost, nothing is doubled."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from shared.eventlog.announcer import QueueAnnouncer
from tests.support.azurite import Azurite
from tests.support.faults import laws, seeds
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


def test_a_seed_that_fails_is_named_and_kept_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = tmp_path / "failed_seeds.txt"
    kept.write_text("# seeds\n")
    monkeypatch.setattr(seeds, "KEPT", kept)
    monkeypatch.setattr(seeds, "COMMANDS", _FEW)
    monkeypatch.setattr(QueueAnnouncer, "before", lambda *_, **__: None)
    monkeypatch.setattr(QueueAnnouncer, "after", lambda *_, **__: None)
    for _ in range(2):
        with pytest.raises(AssertionError, match=r"seed 7 \(kept in failed_seeds.txt\)"):
            check_seed(7)
        assert kept_seeds() == [7]


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
