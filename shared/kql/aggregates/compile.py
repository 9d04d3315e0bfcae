"""Calls of aggregates, compiled into functions over the rows of a group."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from shared.kql.aggregates.aggregate import Aggregate
from shared.kql.aggregates.registry import AGGREGATES, WHOLE_ROWS
from shared.kql.evaluation.compiled import Compiled
from shared.kql.evaluation.conversions import coerce
from shared.kql.evaluation.expressions import compile_expression
from shared.kql.evaluation.frame import Frame, Values
from shared.kql.evaluation.names import natural_name
from shared.kql.evaluation.scope import Scope
from shared.kql.evaluation.sort_keys import json_key
from shared.kql.failures import SemanticFailure
from shared.kql.syntax import Call, Expression, Name, Star
from shared.kql.value_types import Kind, null_of

type Groups = Sequence[Sequence[int]]
type Evaluate = Callable[[Frame, Groups], Values]


@dataclass(frozen=True)
class Aggregated:
    """A column of a summary: its own name, its type, and a value for each group of rows."""

    name: str
    kind: Kind
    values: Evaluate


def is_aggregate(node: Expression) -> bool:
    """Say whether an expression is the call of an aggregate."""
    return isinstance(node, Call) and (node.function in AGGREGATES or node.function in WHOLE_ROWS)


def compile_aggregate(node: Call, scope: Scope, by: Sequence[str]) -> list[Aggregated]:
    """Compile a call, which gives several columns where it takes whole rows; raise SemanticFailure."""
    if node.function in WHOLE_ROWS:
        return _whole_rows(node, scope, by)
    aggregate = AGGREGATES[node.function]
    arguments = [compile_expression(argument, scope) for argument in node.arguments]
    fitted = _fitted(node, aggregate, arguments)
    # A condition alone gives no name.
    own = bool(node.arguments) and aggregate.takes[0] is not Kind.BOOL
    argument_name = natural_name(node.arguments[0]) if own else ""
    kind = aggregate.gives([argument.kind for argument in fitted])
    return [Aggregated(f"{aggregate.prefix}_{argument_name}", kind, _evaluate(aggregate, fitted, kind))]


def _fitted(node: Call, aggregate: Aggregate, arguments: Sequence[Compiled]) -> list[Compiled]:
    least = len(aggregate.takes) if aggregate.least is None else aggregate.least
    if not least <= len(arguments) <= len(aggregate.takes):
        raise SemanticFailure(f"{node.function}() does not take {len(arguments)} arguments", node.at)
    fitted = []
    for argument, kind in zip(arguments, aggregate.takes, strict=False):
        if kind is None:
            fitted.append(_as_is(node, argument))
        else:
            fitted.append(coerce(argument, kind, f"an argument of {node.function}()"))
    return fitted


_ORDERED = frozenset({"sum", "sumif", "max", "maxif", "min", "minif", "percentile"})


def _as_is(node: Call, argument: Compiled) -> Compiled:
    if argument.kind is Kind.DYNAMIC and node.function in _ORDERED:
        return coerce(argument, Kind.REAL, "a value")
    if node.function in ("sum", "sumif") and argument.kind in (Kind.STRING, Kind.DATETIME):
        raise SemanticFailure(f"{node.function}() cannot add up values of type {argument.kind}", node.at)
    return argument


def _evaluate(aggregate: Aggregate, arguments: Sequence[Compiled], kind: Kind) -> Evaluate:
    null = null_of(kind)

    def values(frame: Frame, groups: Groups) -> Values:
        columns = [argument.values(frame) for argument in arguments]
        if not columns:
            return [aggregate.apply(rows) for rows in groups]
        found = []
        for rows in groups:
            if aggregate.condition is not None:
                holds = columns[aggregate.condition]
                rows = [row for row in rows if holds[row]]
            taken = [list(map(column.__getitem__, rows)) for column in columns]
            if aggregate.condition is not None:
                del taken[aggregate.condition]
            found.append(aggregate.apply(*taken))
        return [null if value is None else value for value in found]

    return values


def _whole_rows(node: Call, scope: Scope, by: Sequence[str]) -> list[Aggregated]:
    if not node.arguments:
        raise SemanticFailure(f"{node.function}() takes 1 or more arguments", node.at)
    ordering = node.function in ("arg_max", "arg_min")
    key = compile_expression(node.arguments[0], scope) if ordering else None
    chosen = _Chosen(key, highest=node.function == "arg_max")
    columns = []
    for number, argument in enumerate(node.arguments):
        for name, value in _columns(node, argument, scope, by):
            own = name
            if node.function == "any" and not isinstance(argument, Star):
                own = f"any_{name}"
            if ordering and number == 0 and not name:
                own = f"{node.function.removeprefix('arg_')}_"
            columns.append(Aggregated(own, value.kind, _rows_of(chosen, value)))
    return [one for place, one in enumerate(columns) if one.name not in {before.name for before in columns[:place]}]


def _columns(node: Call, argument: Expression, scope: Scope, by: Sequence[str]) -> list[tuple[str, Compiled]]:
    if not isinstance(argument, Star):
        return [(natural_name(argument), compile_expression(argument, scope))]
    if node.function.startswith("arg_"):
        first = natural_name(node.arguments[0])
        by = [*by, first]
    return [(name, scope.resolve(Name(node.at, name))) for name in scope.schema if name not in by]


class _Chosen:
    """Which row of each group counts: the one whose key is the highest or lowest, the first of equal ones."""

    def __init__(self, key: Compiled | None, *, highest: bool) -> None:
        self._key = key
        self._highest = highest

    def rows(self, frame: Frame, groups: Groups) -> list[int | None]:
        """Return the number of a row for each group, None for a group without rows."""
        return frame.path((self, id(groups)), lambda _: self._choose(frame, groups))

    def _choose(self, frame: Frame, groups: Groups) -> list[int | None]:
        if self._key is None:
            return [rows[0] if rows else None for rows in groups]
        keys = self._key.values(frame)
        if self._key.kind is Kind.DYNAMIC:
            keys = [None if key is None else json_key(key) for key in keys]
        choose = max if self._highest else min
        found: list[int | None] = []
        for rows in groups:
            some = [row for row in rows if keys[row] is not None]
            found.append(choose(some, key=keys.__getitem__) if some else (rows[0] if rows else None))
        return found


def _rows_of(chosen: _Chosen, value: Compiled) -> Evaluate:
    def values(frame: Frame, groups: Groups) -> Values:
        column, null = value.values(frame), null_of(value.kind)
        return [null if row is None else column[row] for row in chosen.rows(frame, groups)]

    return values
