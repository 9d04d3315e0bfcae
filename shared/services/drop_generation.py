"""Delete a generation that is kept no longer."""

from __future__ import annotations

from dataclasses import dataclass

from shared.projections.generations import Generations
from shared.projections.pointer import Pointer, drop


@dataclass(frozen=True)
class DropGeneration:
    """Takes a generation out of the pointer first, then deletes its tables: no hint finds it half there."""

    generations: Generations

    def __call__(self, number: int) -> Pointer:
        """Delete a kept generation and return the pointer without it; raise WrongStep for any other."""
        changed = self.generations.change(lambda found: drop(found, number))
        self.generations.number(number).drop()
        return changed
