"""Operators that change columns: ``extend``, ``project`` and its kin."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial

from shared.kql.evaluation.compiled import Compiled
from shared.kql.evaluation.expressions import compile_expression
from shared.kql.evaluation.frame import Frame, Maker
from shared.kql.evaluation.names import free_name, natural_name, numbered_name
from shared.kql.evaluation.scope import Scope
from shared.kql.failures import SemanticFailure
from shared.kql.operators.step import Step
from shared.kql.syntax import Choose, Extend, Name, Named, Project, Rename, Star
from shared.kql.value_types import Kind, Schema


def name_of(column: Named, taken: Sequence[str]) -> str:
    """Return the name of a column that is computed; one that it was not given does not take the place of another."""
    if len(column.names) > 1:
        raise SemanticFailure("only a function that gives several columns takes several names", column.value.at)
    if column.names:
        return column.names[0]
    own = natural_name(column.value)
    return free_name(own, taken) if own else numbered_name(taken)


def compile_columns(columns: Sequence[Named], scope: Scope) -> dict[str, Compiled]:
    """Compile columns by their names; raise SemanticFailure, also where two have the same name."""
    found: dict[str, Compiled] = {}
    for column in columns:
        if isinstance(column.value, Star):
            found.update({name: scope.resolve(Name(column.value.at, name)) for name in scope.schema})
            continue
        name = name_of(column, list(found))
        if name in found:
            raise SemanticFailure(f"two columns have the name '{name}'", column.value.at)
        found[name] = compile_expression(column.value, scope)
    return found


def makers(columns: dict[str, Compiled], frame: Frame) -> dict[str, Maker]:
    """Return what makes these columns of a frame."""
    return {name: partial(column.values, frame) for name, column in columns.items()}


def project(node: Project, scope: Scope) -> Step:
    """Compile ``project``."""
    columns = compile_columns(node.columns, scope)
    schema = {name: column.kind for name, column in columns.items()}
    return Step(schema, lambda frame: Frame(frame.size, makers(columns, frame)))


def extend(node: Extend, scope: Scope) -> Step:
    """Compile ``extend``: a column takes the place of one of the same name, and cannot see its neighbours."""
    columns: dict[str, Compiled] = {}
    for column in node.columns:
        taken = [*scope.schema, *columns]
        own = natural_name(column.value)
        if not column.names and isinstance(column.value, Name) and own in scope.schema:
            continue
        # A conversion of a column that is given no name stays beside it.
        name = name_of(column, taken)
        if name in columns:
            raise SemanticFailure(f"two columns have the name '{name}'", column.value.at)
        columns[name] = compile_expression(column.value, scope)
    schema = {**scope.schema, **{name: column.kind for name, column in columns.items()}}
    return Step(schema, lambda frame: frame.with_makers(makers(columns, frame)))


def rename(node: Rename, scope: Scope) -> Step:
    """Compile ``project-rename``."""
    new_names = {}
    for new, old in node.columns:
        if old.text not in scope.schema:
            raise SemanticFailure(f"Failed to resolve column named '{old.text}'", old.at)
        new_names[old.text] = new
    pairs = [(new_names.get(name, name), name) for name in scope.schema]
    if len({new for new, _ in pairs}) < len(pairs):
        raise SemanticFailure("two columns would have the same name", node.at)
    return _selected(pairs, scope.schema)


def choose(node: Choose, scope: Scope) -> Step:
    """Compile ``project-away``, ``project-keep`` or ``project-reorder``."""
    matched = [_matching(pattern, at, scope.schema) for pattern, at in node.patterns]
    named = [name for names in matched for name in names]
    if node.how == "away":
        wanted = [name for name in scope.schema if name not in named]
    elif node.how == "keep":
        wanted = [name for name in scope.schema if name in named]
    else:
        ordered = [name for names, order in zip(matched, node.orders, strict=True) for name in _ordered(names, order)]
        wanted = list(dict.fromkeys([*ordered, *scope.schema]))
    return _selected([(name, name) for name in wanted], scope.schema)


def _matching(pattern: str, at: int, schema: Schema) -> list[str]:
    if "*" not in pattern:
        if pattern not in schema:
            raise SemanticFailure(f"Failed to resolve column named '{pattern}'", at)
        return [pattern]
    # Only ``*`` means anything in it.
    expression = re.compile(".*".join(map(re.escape, re.sub(r"\*+", "*", pattern).split("*"))))
    return [name for name in schema if expression.fullmatch(name)]


def _ordered(names: list[str], order: str) -> list[str]:
    return sorted(names, reverse=order.endswith("desc")) if order else names


def _selected(pairs: Sequence[tuple[str, str]], schema: Schema) -> Step:
    kinds = {new: schema[old] for new, old in pairs}
    return Step(kinds, lambda frame: Frame(frame.size, {new: frame.lazily(old) for new, old in pairs}))


def fixed_number(value: Compiled, what: str) -> int:
    """Return the number that an expression without columns stands for; raise SemanticFailure."""
    if value.kind is not Kind.LONG or value.fixed is None or value.fixed[0] is None or value.fixed[0] < 0:
        raise SemanticFailure(f"{what} must be a number that no row changes", value.at)
    return int(value.fixed[0])
