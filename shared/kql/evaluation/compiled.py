"""What an expression becomes: its type, and a function that gives its values for all rows of a frame."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from shared.kql.evaluation.frame import Frame, Values
from shared.kql.value_types import Kind, Value


@dataclass(frozen=True, slots=True)
class Compiled:
    """An expression that can be evaluated; ``fixed`` holds the one value of one that no row changes."""

    kind: Kind
    values: Callable[[Frame], Values]
    fixed: tuple[Value] | None = None
    at: int | None = None

    def then(self, change: Callable[[Value], Value], kind: Kind) -> Compiled:
        """Return what a function makes of each value."""
        if self.fixed is not None:
            return constant(change(self.fixed[0]), kind, self.at)
        values = self.values
        return Compiled(kind, lambda frame: list(map(change, values(frame))), at=self.at)


def constant(value: Value, kind: Kind, at: int | None = None) -> Compiled:
    """Return an expression of one value."""
    return Compiled(kind, lambda frame: [value] * frame.size, (value,), at)


def column(name: str, kind: Kind, at: int | None = None) -> Compiled:
    """Return an expression that is a column."""
    return Compiled(kind, lambda frame: frame.column(name), at=at)
