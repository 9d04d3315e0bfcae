"""``summarize`` and ``distinct``."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, cast

from shared.kql.aggregates.compile import Aggregated, Groups, compile_aggregate, is_aggregate
from shared.kql.evaluation.comparisons import frozen
from shared.kql.evaluation.compiled import Compiled
from shared.kql.evaluation.expressions import compile_expression
from shared.kql.evaluation.frame import Frame, Values
from shared.kql.evaluation.names import free_name, numbered_name
from shared.kql.evaluation.scope import Scope
from shared.kql.failures import SemanticFailure
from shared.kql.operators.columns import compile_columns, makers
from shared.kql.operators.step import Step
from shared.kql.syntax import Call, Distinct, Expression, Name, Named, Node, Summarize
from shared.kql.value_types import Kind


def distinct(node: Distinct, scope: Scope) -> Step:
    """Compile ``distinct``: the first row of those that are equal, in their order."""
    columns = compile_columns(node.columns, scope)
    schema = {name: column.kind for name, column in columns.items()}

    def run(frame: Frame) -> Frame:
        groups = grouped([column.values(frame) for column in columns.values()], list(schema.values()), frame.size)
        return Frame(frame.size, makers(columns, frame)).pick([rows[0] for rows in groups])

    return Step(schema, run)


def grouped(columns: Sequence[Values], kinds: Sequence[Kind], size: int) -> list[list[int]]:
    """Put the numbers of rows that are equal in these columns together, in the order of the first ones."""
    keyed = [
        list(map(frozen, column)) if kind is Kind.DYNAMIC else column
        for column, kind in zip(columns, kinds, strict=True)
    ]
    groups: dict[object, list[int]] = {}
    keys = keyed[0] if len(keyed) == 1 else zip(*keyed, strict=True)
    for row, key in enumerate(keys if keyed else [()] * size):
        found = groups.get(key)
        if found is None:
            groups[key] = [row]
        else:
            found.append(row)
    return list(groups.values())


def summarize(node: Summarize, scope: Scope) -> Step:
    """Compile ``summarize``: without ``by`` there is one group, which may have no rows."""
    by = compile_columns(node.by, scope)
    columns = _Columns(list(by))
    for aggregate in node.aggregates:
        _compile_named(aggregate, scope, columns, list(by))
    if not by and not columns.shown:
        raise SemanticFailure("summarize needs an aggregate or 'by'", node.at)
    kinds = {name: column.kind for name, column in by.items()}
    inner = scope.over({**kinds, **{one.name: one.kind for one in columns.inner}})
    shown = {name: compile_expression(value, inner) for name, value in columns.shown.items()}
    schema = {**kinds, **{name: column.kind for name, column in shown.items()}}

    def run(frame: Frame) -> Frame:
        groups = _groups(by, frame)
        first = [rows[0] for rows in groups if rows]
        keys = Frame(frame.size, makers(by, frame)).pick(first) if by else Frame(len(groups), {})
        values = {one.name: one.values(frame, groups) for one in columns.inner}
        summary = keys.with_makers(Frame.of(values, len(groups)).all_makers())
        return Frame(len(groups), {**keys.all_makers(), **makers(shown, summary)})

    return Step(schema, run)


def _groups(by: dict[str, Compiled], frame: Frame) -> Groups:
    if not by:
        return [range(frame.size)]
    return grouped([column.values(frame) for column in by.values()], [one.kind for one in by.values()], frame.size)


class _Columns:
    """The columns of a summary: aggregates under names of their own, and what is shown of them."""

    def __init__(self, taken: list[str]) -> None:
        self.inner: list[Aggregated] = []
        self.shown: dict[str, Expression] = {}
        self._taken = taken

    def hide(self, aggregate: Aggregated, at: int) -> Name:
        """Keep an aggregate, and return the name under which expressions see it."""
        name = f" {len(self.inner)}"
        self.inner.append(dataclasses.replace(aggregate, name=name))
        return Name(at, name)

    def show(self, name: str, value: Expression, *, given: bool) -> None:
        """Add a column; a name that was given must be new."""
        taken = {*self._taken, *self.shown}
        if given and name in taken:
            raise SemanticFailure(f"two columns have the name '{name}'", value.at)
        self.shown[free_name(name, taken) if name else numbered_name(taken)] = value


def _compile_named(column: Named, scope: Scope, columns: _Columns, by: Sequence[str]) -> None:
    node = column.value
    if isinstance(node, Call) and is_aggregate(node):
        found = compile_aggregate(node, scope, by)
        if len(column.names) > len(found):
            raise SemanticFailure(f"{node.function}() gives {len(found)} columns only", node.at)
        for number, one in enumerate(found):
            given = number < len(column.names)
            columns.show(column.names[number] if given else one.name, columns.hide(one, node.at), given=given)
        return
    replaced = _replaced(node, scope, columns, by)
    if replaced == node and not _is_constant(node, scope):
        raise SemanticFailure("an expression of summarize needs an aggregate", node.at)
    columns.show(column.names[0] if column.names else "", replaced, given=bool(column.names))


def _is_constant(node: Expression, scope: Scope) -> bool:
    try:
        return compile_expression(node, scope.over({})).fixed is not None
    except SemanticFailure:
        return False


def _replaced(node: Expression, scope: Scope, columns: _Columns, by: Sequence[str]) -> Expression:
    """Return an expression in which each aggregate has become the name of a column."""
    if isinstance(node, Call) and is_aggregate(node):
        found = compile_aggregate(node, scope, by)
        if len(found) != 1:
            raise SemanticFailure(f"{node.function}() gives several columns", node.at)
        return columns.hide(found[0], node.at)
    changed: dict[str, Any] = {}
    for field in dataclasses.fields(node):
        part = getattr(node, field.name)
        if isinstance(part, tuple):
            changed[field.name] = tuple(_replaced(one, scope, columns, by) for one in part)
        elif isinstance(part, Node):
            changed[field.name] = _replaced(cast(Expression, part), scope, columns, by)
    return dataclasses.replace(node, **changed) if changed else node
