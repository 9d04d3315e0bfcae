"""A query, compiled: pipelines step by step, each with the columns that the one before it gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from shared.kql.evaluation.expressions import compile_expression
from shared.kql.evaluation.frame import Frame
from shared.kql.evaluation.names import natural_name
from shared.kql.evaluation.scope import Scope
from shared.kql.failures import LimitFailure, SemanticFailure, UnknownTable
from shared.kql.limits import NESTING, OPERATORS
from shared.kql.operators import columns, expand, join, parse, rows, summarize, union
from shared.kql.operators.step import Step, check_rows
from shared.kql.syntax import (
    Apply,
    Choose,
    Count,
    Distinct,
    Expand,
    Extend,
    Join,
    Named,
    Operator,
    Parse,
    Pipeline,
    Print,
    Project,
    Query,
    Rename,
    Sort,
    Source,
    Summarize,
    Take,
    Union,
    Where,
)
from shared.kql.tables import SCHEMA, TABLES, Tables

_SIMPLE: Mapping[type[Operator], Callable[[Any, Scope], Step]] = {
    Where: rows.where,
    Take: rows.take,
    Sort: rows.sort,
    Extend: columns.extend,
    Project: columns.project,
    Choose: columns.choose,
    Rename: columns.rename,
    Summarize: summarize.summarize,
    Distinct: summarize.distinct,
    Expand: expand.expand,
    Parse: parse.parse,
}


@dataclass
class _Counts:
    """How many of the costly operators a query has used."""

    joins: int = 0
    expansions: int = 0
    legs: int = 0
    depth: int = 0

    def check(self, at: int) -> None:
        """Raise LimitFailure if there are too many."""
        for count, name in ((self.joins, "joins"), (self.expansions, "expansions"), (self.legs, "legs of a union")):
            if count > OPERATORS:
                raise LimitFailure(f"The query has more than {OPERATORS} {name}.", at)
        if self.depth > NESTING:
            raise LimitFailure(f"The query is nested more than {NESTING} levels deep.", at)


def compile_query(query: Query, tables: Tables, now: int, most_rows: int) -> Step:
    """Compile a query whose ``now()`` is in ticks; raise SemanticFailure, UnknownTable or LimitFailure."""
    scope = Scope({}, now, most_rows)
    compiler = _Compiler(tables)
    for let in query.lets:
        if let.name in {**scope.scalars, **scope.pipelines}:
            raise SemanticFailure(f"let: the name '{let.name}' is given twice", None)
        if isinstance(let.value, Pipeline):
            scope = replace(scope, pipelines={**scope.pipelines, let.name: let.value})
        else:
            scope = replace(scope, scalars={**scope.scalars, let.name: compile_expression(let.value, scope)})
    return compiler.pipeline(query.pipeline, scope)


class _Compiler:
    """Compiles the pipelines of one query."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._counts = _Counts()

    def pipeline(self, node: Pipeline, scope: Scope) -> Step:
        """Compile a pipeline, which needs no rows to begin with."""
        self._counts.depth += 1
        self._counts.check(node.source.at)
        step = self._source(node.source, scope)
        for operator in node.steps:
            step = _after(step, self._operator(operator, scope.over(step.schema)))
        self._counts.depth -= 1
        return step

    def _source(self, node: Source | Print | Union, scope: Scope) -> Step:
        if isinstance(node, Print):
            made = columns.project(Project(node.at, _printed(node)), scope.over({}))
            return Step(made.schema, lambda _: made.run(Frame(1, {})))
        if isinstance(node, Union):
            return self._union(node, scope)
        if node.name in scope.pipelines:
            return self.pipeline(scope.pipelines[node.name], _without(scope, node.name))
        table = node.name.lower()
        if table not in TABLES:
            raise UnknownTable(node.at, node.name)

        def read(_: Frame) -> Frame:
            found = self._tables.frame(table)
            check_rows(found.size, scope.most_rows)
            return found

        return Step(dict(SCHEMA), read)

    def _operator(self, node: Operator, scope: Scope) -> Step:
        match node:
            case Join():
                self._counts.joins += 1
                self._counts.check(node.at)
                return join.join(node, scope, self.pipeline(node.right, scope.over({})))
            case Union():
                before = Step(scope.schema, lambda frame: frame)
                return self._union(node, scope, before)
            case Apply():
                self._counts.expansions += 1
                self._counts.check(node.at)
                return expand.apply(node, scope, self._steps)
            case Count():
                return rows.count(scope)
        if isinstance(node, Expand):
            self._counts.expansions += 1
            self._counts.check(node.at)
        return _SIMPLE[type(node)](node, scope)

    def _steps(self, nodes: Sequence[Operator], scope: Scope) -> Step:
        step = Step(scope.schema, lambda frame: frame)
        for operator in nodes:
            step = _after(step, self._operator(operator, scope.over(step.schema)))
        return step

    def _union(self, node: Union, scope: Scope, before: Step | None = None) -> Step:
        self._counts.legs += len(node.legs)
        self._counts.check(node.at)
        legs = [(_leg_name(leg), self.pipeline(leg, scope.over({}))) for leg in node.legs]
        if before is None:
            return union.union(node, legs, scope.most_rows)
        held = _Held()
        whole = union.union(node, [("union_arg0", Step(before.schema, held.run)), *legs], scope.most_rows)
        return Step(whole.schema, lambda frame: held.over(frame, whole))


class _Held:
    """The rows before ``| union``, which are one of its legs."""

    def __init__(self) -> None:
        self._frame = Frame(0, {})

    def run(self, _: Frame) -> Frame:
        return self._frame

    def over(self, frame: Frame, whole: Step) -> Frame:
        self._frame = frame
        return whole.run(frame)


def _printed(node: Print) -> tuple[Named, ...]:
    return tuple(
        one if one.names or natural_name(one.value) else Named((f"print_{number}",), one.value)
        for number, one in enumerate(node.columns)
    )


def _leg_name(leg: Pipeline) -> str:
    return leg.source.name if isinstance(leg.source, Source) else "union_arg0"


def _without(scope: Scope, name: str) -> Scope:
    """Return what a pipeline of ``let`` sees: those before it, so that none can hold itself."""
    names = list(scope.pipelines)
    before = names[: names.index(name)]
    return replace(scope, schema={}, pipelines={one: scope.pipelines[one] for one in before})


def _after(first: Step, then: Step) -> Step:
    return Step(then.schema, lambda frame: then.run(first.run(frame)))
