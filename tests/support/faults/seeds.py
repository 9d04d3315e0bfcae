"""Random histories under faults, by seed; seeds that once failed are kept in a file, and run first."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import NamedTuple

from tests.support.faults import laws
from tests.support.faults.gates import RandomFaults
from tests.support.faults.histories import live_through
from tests.support.faults.old_schema import schemas_of_two_ages
from tests.support.faults.stage import Stage

KEPT = Path(__file__).with_name("failed_seeds.txt")
SEEDS = 100
COMMANDS = 150
SHARE = 0.3


def kept_seeds() -> Sequence[int]:
    """Return the seeds that failed once."""
    return [int(line) for line in KEPT.read_text().splitlines() if line and not line.startswith("#")]


class Held(NamedTuple):
    """What a seed went through: the faults, and the rebuilds that were switched to."""

    faults: RandomFaults
    rebuilds: int


def check_seed(seed: int) -> Held:
    """Live through a history twice, with and without faults; raise AssertionError where anybody could tell.

    A seed that fails is kept, and named by the error.
    """
    with schemas_of_two_ages():
        undisturbed = live_through(seed, COMMANDS)
        faults = RandomFaults(Random(f"faults {seed}"), SHARE)
        try:
            stage = live_through(seed, COMMANDS, faults, Random(f"order {seed}"))
            laws.check(stage)
            assert laws.picture(stage) == laws.picture(undisturbed), "something was lost or doubled"
        except BaseException as error:
            _keep(seed)
            raise AssertionError(f"seed {seed} (kept in {KEPT.name}): {error}") from error
    return Held(faults, rebuilds(stage))


def rebuilds(stage: Stage) -> int:
    """Count the rebuilds that were switched to."""
    pointer = stage.worker().generations.pointer()
    return pointer.newest - 1 - (pointer.building is not None)


def _keep(seed: int) -> None:
    if seed not in kept_seeds():
        with KEPT.open("a") as file:
            file.write(f"{seed}\n")
