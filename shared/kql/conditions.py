"""What a query asks of the rows of its tables before anything else: values that a slot of them must have.

Rows that do not meet it may be left out without a change to the answer; that some are not left out does no harm.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from shared.kql.failures import limits_depth
from shared.kql.syntax import (
    All,
    AnyOf,
    Apply,
    Binary,
    Call,
    Expression,
    Extend,
    Join,
    Listed,
    Literal,
    Member,
    Name,
    Operator,
    Pipeline,
    Query,
    Source,
    Union,
    Where,
)
from shared.kql.tables import SCHEMA, TABLES
from shared.kql.value_types import Kind, SlotPath

type Conditions = Mapping[SlotPath, frozenset[str]]

_SAME_TEXT = frozenset({"tostring", "tolower", "toupper"})


@dataclass(frozen=True)
class TableUse:
    """A table that a query reads, and for some paths the texts, in lower case, one of which must be there."""

    table: str
    conditions: Conditions


@limits_depth
def table_uses(query: Query) -> list[TableUse]:
    """Return every use of a table in a query."""
    names: dict[str, Expression] = {}
    found: list[TableUse] = []
    pipelines = {let.name for let in query.lets if isinstance(let.value, Pipeline)}
    for let in query.lets:
        if isinstance(let.value, Pipeline):
            found += _of_pipeline(let.value, names, pipelines)
        else:
            names[let.name] = let.value
    return [*found, *_of_pipeline(query.pipeline, names, pipelines)]


def _of_pipeline(node: Pipeline, names: Mapping[str, Expression], lets: set[str]) -> Iterator[TableUse]:
    source = node.source
    if isinstance(source, Source) and source.name not in lets and source.name.lower() in TABLES:
        yield TableUse(source.name.lower(), _leading(node.steps, names))
    for part in (source, *node.steps):
        yield from _inside(part, names, lets)


def _inside(node: object, names: Mapping[str, Expression], lets: set[str]) -> Iterator[TableUse]:
    match node:
        case Union(legs=legs):
            for leg in legs:
                yield from _of_pipeline(leg, names, lets)
        case Join(right=right):
            yield from _of_pipeline(right, names, lets)
        case Apply(steps=steps):
            for step in steps:
                yield from _inside(step, names, lets)


def _leading(steps: tuple[Operator, ...], names: Mapping[str, Expression]) -> Conditions:
    """Collect what the first steps ask for, as long as they only choose rows and add columns."""
    known = dict(names)
    found: dict[SlotPath, frozenset[str]] = {}
    for step in steps:
        if isinstance(step, Where):
            for path, texts in _conjuncts(step.condition, known):
                found[path] = found.get(path, texts) & texts
        elif isinstance(step, Extend) and not _hides_a_name(step):
            added = {column.names[0]: column.value for column in step.columns}
            # Columns of one step do not see each other.
            known = {**known, **{name: _resolved(value, known) for name, value in added.items()}}
        else:
            break
    return found


def _hides_a_name(step: Extend) -> bool:
    """Say whether a column may take the place of one of the table, or of a name without telling which."""
    return any(len(column.names) != 1 or column.names[0] in SCHEMA for column in step.columns)


def _conjuncts(node: Expression, known: Mapping[str, Expression]) -> Iterator[tuple[SlotPath, frozenset[str]]]:
    operands = node.operands if isinstance(node, All) else (node,)
    for operand in operands:
        if isinstance(operand, All):
            yield from _conjuncts(operand, known)
        elif condition := _condition(operand, known):
            yield condition


def _condition(node: Expression, known: Mapping[str, Expression]) -> tuple[SlotPath, frozenset[str]] | None:
    match node:
        case Binary(operator="==" | "=~", left=left, right=right):
            return _equality(left, (right,), known) or _equality(right, (left,), known)
        case Listed(operator="in" | "in~", operand=operand, items=items):
            return _equality(operand, items, known)
        case AnyOf(operands=operands):
            found = [_condition(operand, known) for operand in operands]
            paths = {one[0] if one else None for one in found}
            if len(paths) == 1 and None not in paths:
                return next(iter(paths)) or (), frozenset(text for one in found if one for text in one[1])
    return None


def _equality(
    left: Expression, items: tuple[Expression, ...], known: Mapping[str, Expression]
) -> tuple[SlotPath, frozenset[str]] | None:
    path = _path(left, known)
    texts = [_resolved(item, known) for item in items]
    values = [text.value.lower() for text in texts if isinstance(text, Literal) and text.kind is Kind.STRING]
    # An empty text is equal to a slot that is not there.
    return (path, frozenset(values)) if path and len(values) == len(items) and all(values) else None


def _path(node: Expression, known: Mapping[str, Expression]) -> SlotPath | None:
    match _resolved(node, known):
        case Name(text=text):
            return (text,) if text in SCHEMA else None
        case Member(target=target, key=key):
            before = _path(target, known)
            return (*before, key) if before else None
        case Call(function=function, arguments=(argument,)) if function in _SAME_TEXT:
            return _path(argument, known)
    return None


def _resolved(node: Expression, known: Mapping[str, Expression]) -> Expression:
    """Return what a name stands for; a column hides what ``let`` bound."""
    if isinstance(node, Name) and node.text not in SCHEMA:
        return known.get(node.text, node)
    return node
