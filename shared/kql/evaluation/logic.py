"""``and``, ``or`` and ``not`` over true, false and null."""

from __future__ import annotations

from collections.abc import Sequence

from shared.kql.evaluation.compiled import Compiled
from shared.kql.evaluation.frame import Frame, Values
from shared.kql.value_types import Kind


def all_true(operands: Sequence[Compiled]) -> Compiled:
    """Say whether all are true: false if one is false, else null if one is null."""

    def values(frame: Frame) -> Values:
        found = operands[0].values(frame)
        for operand in operands[1:]:
            found = [
                one and other if one is not None else (False if other is False else None)
                for one, other in zip(found, operand.values(frame), strict=True)
            ]
        return found

    return Compiled(Kind.BOOL, values, at=operands[0].at)


def any_true(operands: Sequence[Compiled]) -> Compiled:
    """Say whether one is true: true if one is true, else null if one is null."""

    def values(frame: Frame) -> Values:
        found = operands[0].values(frame)
        for operand in operands[1:]:
            found = [
                one or other if one is not None else (True if other is True else None)
                for one, other in zip(found, operand.values(frame), strict=True)
            ]
        return found

    return Compiled(Kind.BOOL, values, at=operands[0].at)


def negation(value: bool | None) -> bool | None:
    """Return the opposite; null stays null."""
    return None if value is None else not value
