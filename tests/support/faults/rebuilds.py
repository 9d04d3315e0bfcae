"""The steps of a rebuild, each as the command line takes it: one that dies is taken again, and all of them may be taken
at any time, in any order.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from shared.projections import pointer
from shared.projections.builds import PARTS
from shared.projections.pointer import WrongStep
from tests.support.faults.stage import Deed, Worker


def begins(worker: Worker) -> None:
    worker.rebuild.begin()


def begins_anew(worker: Worker) -> None:
    worker.rebuild.begin(restart=True)


def replays(parts: Sequence[int] = range(PARTS)) -> Deed:
    """Replay some parts of the streams into the generation that is being built."""

    def replay(worker: Worker) -> None:
        if worker.generations.pointer().building is not None:
            build = worker.rebuild.begin()
            for part in parts:
                worker.rebuild.replay_part(build, _nobody_watches, part)

    return replay


def switches(worker: Worker) -> None:
    """Compare, and switch; whatever happened before, neither generation may be wrong."""
    number = worker.generations.pointer().building
    if number is None or not worker.builds.finished(number):
        return
    found = worker.compare_generations(number, _nobody_watches)
    assert found.good, f"generation {number} is wrong: {found.wrong} {found.wrong_totals}"
    assert not found.corrected, f"the live generation is wrong: {found.corrected}"
    assert not found.stalled, f"streams cannot be projected: {found.stalled}"
    with suppress(WrongStep):  # somebody else was faster
        worker.rebuild.switch(worker.rebuild.begin())


def rolls_back(to: int | None = None) -> Deed:
    def roll_back(worker: Worker) -> None:
        with suppress(WrongStep):
            worker.generations.change(lambda found: pointer.roll_back(found, to))

    return roll_back


def drops(worker: Worker) -> None:
    """Delete the oldest generation that is kept."""
    kept = worker.generations.pointer().kept
    if kept:
        worker.drop_generation(kept[-1])


ANY_STEP: Sequence[Deed] = (
    begins,
    replays(range(PARTS // 2)),
    replays(),
    switches,
    rolls_back(),
    drops,
    begins_anew,
)
"""What an operator may do at any time."""


def _nobody_watches(done: int) -> None:
    """Watch no progress."""
