"""``mv-expand`` and ``mv-apply``: rows of the elements of arrays."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import takewhile

from shared.kql.evaluation.compiled import Compiled, column
from shared.kql.evaluation.conversions import convert
from shared.kql.evaluation.expressions import compile_expression
from shared.kql.evaluation.frame import Frame, Values
from shared.kql.evaluation.names import free_name, natural_name
from shared.kql.evaluation.scope import Scope
from shared.kql.failures import SemanticFailure
from shared.kql.operators.step import Step, check_rows
from shared.kql.operators.summarize import grouped
from shared.kql.syntax import Apply, Expand, Expansion, Extend, Name, Named, Operator, Parse, Project, Where
from shared.kql.value_types import Kind, Schema, Value


@dataclass(frozen=True)
class _Expanded:
    """A column whose elements become rows: its values, its new name and type."""

    name: str
    source: Compiled
    kind: Kind


@dataclass(frozen=True)
class Expansions:
    """Rows made of elements: the columns that are expanded, and how."""

    columns: tuple[_Expanded, ...]
    arrays: bool
    index: str | None
    most: int | None
    most_rows: int

    def schema(self, before: Schema) -> Schema:
        """Return the columns after the expansion."""
        found = {**before, **{one.name: one.kind for one in self.columns}}
        return {**found, self.index: Kind.LONG} if self.index else found

    def run(self, frame: Frame) -> Frame:
        """Expand rows."""
        listed = [[_elements(value, arrays=self.arrays) for value in one.source.values(frame)] for one in self.columns]
        counts = [self._count(row) for row in zip(*listed, strict=True)]
        check_rows(sum(counts), self.most_rows)
        origins = [row for row, count in enumerate(counts) for _ in range(count)]
        made = {one.name: self._values(one, parts, counts) for one, parts in zip(self.columns, listed, strict=True)}
        if self.index:
            made[self.index] = [number for count in counts for number in range(count)]
        return frame.pick(origins).with_makers(Frame.of(made, len(origins)).all_makers())

    def _count(self, row: Sequence[Sequence[Value]]) -> int:
        longest = max(map(len, row))
        return longest if self.most is None else min(longest, self.most)

    def _values(self, one: _Expanded, parts: Sequence[Sequence[Value]], counts: Sequence[int]) -> Values:
        values: Values = []
        for part, count in zip(parts, counts, strict=True):
            values.extend(part[:count])
            values.extend([None] * (count - len(part)))
        if one.kind is Kind.DYNAMIC:
            return values
        frame = Frame.of({"value": values}, len(values))
        return convert(column("value", Kind.DYNAMIC), one.kind).values(frame)


def _elements(value: Value, *, arrays: bool) -> Sequence[Value]:
    """Return what a value gives rows for: an array its elements, a bag its slots, null one null."""
    if type(value) is list:
        return value
    if type(value) is dict:
        return [[key, slot] if arrays else {key: slot} for key, slot in value.items()]
    return [value]


def _compile(
    columns: Sequence[Expansion], scope: Scope, *, arrays: bool, index: str | None, most: int | None
) -> Expansions:
    expanded = []
    for one in columns:
        source = compile_expression(one.column.value, scope)
        if source.kind is not Kind.DYNAMIC:
            raise SemanticFailure(f"only a dynamic has elements to expand, not a {source.kind}", one.column.value.at)
        own = natural_name(one.column.value)
        if not one.column.names and not isinstance(one.column.value, Name):
            own = free_name(own or "Column1", list(scope.schema))
        name = one.column.names[0] if one.column.names else own
        expanded.append(_Expanded(name, source, one.to or Kind.DYNAMIC))
    return Expansions(tuple(expanded), arrays, index, most, scope.most_rows)


def expand(node: Expand, scope: Scope) -> Step:
    """Compile ``mv-expand``."""
    found = _compile(node.columns, scope, arrays=node.arrays, index=node.index, most=node.most)
    return Step(found.schema(scope.schema), found.run)


type CompileSteps = Callable[[Sequence[Operator], Scope], Step]

_ROW = " row"
"""A column that no query can name: the number of the row that an element comes from."""

# Operators that look at one row at a time; they are run over the elements of all rows at once.
_ROW_BY_ROW = (Where, Extend, Project, Expand, Parse)


def apply(node: Apply, scope: Scope, compile_steps: CompileSteps) -> Step:
    """Compile ``mv-apply``: the steps run over the elements of one row after the other, and see its columns."""
    found = _compile(node.columns, scope, arrays=False, index=node.index, most=node.most)
    numbered = found.schema({**scope.schema, _ROW: Kind.LONG})
    together = list(takewhile(lambda step: isinstance(step, _ROW_BY_ROW), node.steps))
    first = compile_steps([_with_row(step) for step in together], scope.over(numbered))
    inner = {name: kind for name, kind in first.schema.items() if name != _ROW}
    rest = compile_steps(node.steps[len(together) :], scope.over(inner)) if len(together) < len(node.steps) else None
    schema = {**scope.schema, **(rest.schema if rest else inner)}

    def run(frame: Frame) -> Frame:
        rows = frame.with_makers({_ROW: lambda: list(range(frame.size))})
        made = first.run(found.run(rows))
        origins, columns = made.column(_ROW), made
        if rest:
            origins, columns = _each(rest, made, scope.most_rows)
        kept = frame.pick(origins).all_makers()
        changed = {name: columns.lazily(name) for name in (rest.schema if rest else inner)}
        return Frame(len(origins), {**kept, **changed})

    return Step(schema, run)


def _with_row(step: Operator) -> Operator:
    if not isinstance(step, Project):
        return step
    return dataclasses.replace(step, columns=(*step.columns, Named((_ROW,), Name(step.at, _ROW))))


def _each(rest: Step, frame: Frame, most: int) -> tuple[Values, Frame]:
    """Run steps over the elements of one row after the other."""
    origins: Values = []
    columns: dict[str, Values] = {name: [] for name in rest.schema}
    for rows in grouped([frame.column(_ROW)], [Kind.LONG], frame.size):
        piece = rest.run(frame.pick(rows))
        check_rows(len(origins) + piece.size, most)
        origins += [frame.column(_ROW)[rows[0]]] * piece.size
        for name, values in columns.items():
            values += piece.column(name)
    return origins, Frame.of(columns, len(origins))
