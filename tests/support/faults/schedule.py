"""A cooperative scheduler: every order in which the calls of a few workers may come, one after the other.

A worker runs until just before its next call of storage; then it is somebody's turn. ``most`` bounds how often a worker
that could go on has to wait: nearly every race shows with two such switches (Musuvathi and Qadeer, "Iterative context
bounding for systematic testing of multithreaded programs", 2007).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from greenlet import getcurrent, greenlet

from tests.support.faults.stepped_storage import Call, Gate

type Task = Callable[[Gate], None]


class Turn(NamedTuple):
    """One decision: who could go on, who had gone on until then, and who does now."""

    ready: Sequence[int]
    last: int | None
    chosen: int

    @property
    def switches(self) -> bool:
        """Say whether somebody has to wait who could go on."""
        return self.last in self.ready and self.chosen != self.last


def take_turns(tasks: Sequence[Task], prefix: Sequence[int]) -> list[Turn]:
    """Run all tasks to their end: turns as the prefix says, and then no more switches than needed."""
    workers: list[Any] = [greenlet(task) for task in tasks]
    for worker in workers:
        worker.switch(_turn_gate)  # up to its first call
    turns: list[Turn] = []
    last: int | None = None
    while ready := [number for number, worker in enumerate(workers) if not worker.dead]:
        kept = last if last in ready and last is not None else ready[0]
        last_turn = Turn(ready, last, prefix[len(turns)] if len(turns) < len(prefix) else kept)
        turns.append(last_turn)
        last = last_turn.chosen
        workers[last].switch()
    return turns


def schedules(run: Callable[[Sequence[int]], Sequence[Turn]], most: int | None) -> Iterator[Sequence[int]]:
    """Call ``run`` with every prefix that leads to another order, and yield the order that each gave."""
    waiting: list[Sequence[int]] = [()]
    while waiting:
        prefix = waiting.pop()
        turns = run(prefix)
        order = [turn.chosen for turn in turns]
        yield order
        switches = sum(turn.switches for turn in turns[: len(prefix)])
        for place in range(len(prefix), len(turns)):
            turn = turns[place]
            for other in turn.ready:
                if other == turn.chosen:
                    continue
                if most is None or switches + turn._replace(chosen=other).switches <= most:
                    waiting.append([*order[:place], other])
            switches += turn.switches


def _turn_gate[T](call: Call, commit: Callable[[], T]) -> T:
    getcurrent().parent.switch()
    return commit()
