"""Delete a generation that is kept no longer."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from shared.projections.generations import POINTER_SECONDS, Generations
from shared.projections.pointer import Pointer, drop

_PATIENCE_SECONDS = 2 * POINTER_SECONDS


@dataclass(frozen=True)
class DropGeneration:
    """Takes a generation out of the pointer first, then deletes its tables: no hint finds it half there."""

    generations: Generations
    sleep: Callable[[float], None] = time.sleep

    def __call__(self, number: int) -> Pointer:
        """Delete a kept generation and return the pointer without it; raise WrongStep for one that is in use.

        One that the pointer names no more is deleted again: whoever took it out may have died before the tables went.
        """
        changed = self.generations.change(lambda found: found if _is_left_over(found, number) else drop(found, number))
        self.delete(number)
        return changed

    def delete(self, number: int) -> None:
        """Delete the tables of a generation that the pointer does not name any more.

        It may have been live until now: readers have the time to see the pointer, and to come to their end.
        """
        self.sleep(_PATIENCE_SECONDS)
        self.generations.number(number).drop()


def _is_left_over(pointer: Pointer, number: int) -> bool:
    return number <= pointer.newest and number not in pointer.fed
