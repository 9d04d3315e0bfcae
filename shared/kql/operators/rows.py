"""Operators that choose or order rows: ``where``, ``take``, ``order``, ``top``, ``count``."""

from __future__ import annotations

from collections.abc import Sequence

from shared.kql.evaluation.compiled import Compiled
from shared.kql.evaluation.expressions import compile_expression, condition
from shared.kql.evaluation.frame import Frame
from shared.kql.evaluation.scope import Scope
from shared.kql.evaluation.sort_keys import json_key
from shared.kql.operators.columns import fixed_number
from shared.kql.operators.step import Step
from shared.kql.syntax import All, Sort, Take, Where
from shared.kql.value_types import Kind


def where(node: Where, scope: Scope) -> Step:
    """Compile ``where``: parts between which stands ``and`` look at what those before them left only."""
    parts = node.condition.operands if isinstance(node.condition, All) else (node.condition,)
    conditions = [condition(part, scope) for part in parts]

    def run(frame: Frame) -> Frame:
        for one in conditions:
            frame = frame.keep(one.values(frame))
        return frame

    return Step(scope.schema, run)


def take(node: Take, scope: Scope) -> Step:
    """Compile ``take``."""
    most = fixed_number(compile_expression(node.most, scope.over({})), "the number of rows")
    return Step(scope.schema, lambda frame: first_rows(frame, most))


def first_rows(frame: Frame, most: int) -> Frame:
    """Return the first rows."""
    return frame if frame.size <= most else frame.pick(range(most))


def sort(node: Sort, scope: Scope) -> Step:
    """Compile ``order`` or ``top``; rows that are equal in all keys stay in their order."""
    keys = [(compile_expression(key.value, scope), key.ascending, key.nulls_first) for key in node.keys]
    most = None
    if node.most is not None:
        most = fixed_number(compile_expression(node.most, scope.over({})), "the number of rows")

    def run(frame: Frame) -> Frame:
        rows: Sequence[int] = range(frame.size)
        for key, ascending, nulls_first in reversed(keys):
            rows = _sorted(rows, frame, key, ascending=ascending, nulls_first=nulls_first)
        return frame.pick(rows if most is None else rows[:most])

    return Step(scope.schema, run)


def _sorted(rows: Sequence[int], frame: Frame, key: Compiled, *, ascending: bool, nulls_first: bool) -> list[int]:
    column = key.values(frame)
    if key.kind is Kind.DYNAMIC:
        column = [None if value is None else json_key(value) for value in column]
    nulls = [row for row in rows if column[row] is None]
    known = [row for row in rows if column[row] is not None] if nulls else list(rows)
    known.sort(key=column.__getitem__, reverse=not ascending)
    return nulls + known if nulls_first else known + nulls


def count(scope: Scope) -> Step:
    """Compile ``count``."""
    return Step({"Count": Kind.LONG}, lambda frame: Frame.of({"Count": [frame.size]}, 1))
