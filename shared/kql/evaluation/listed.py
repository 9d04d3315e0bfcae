"""``in`` and its kin, ``has_any`` and ``has_all``: a value held against a list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shared.kql.evaluation.comparisons import alike, frozen
from shared.kql.evaluation.compiled import Compiled, constant
from shared.kql.evaluation.conversions import coerce, convert
from shared.kql.evaluation.frame import Frame, Values
from shared.kql.evaluation.logic import negation
from shared.kql.evaluation.text_matches import has_term
from shared.kql.failures import SemanticFailure
from shared.kql.value_types import NUMBERS, Kind


def listed(operator: str, value: Compiled, items: Sequence[Compiled], at: int) -> Compiled:
    """Compile an operator over a list; raise SemanticFailure."""
    items = [item for one in items for item in _spread(one)]
    if operator in ("has_any", "has_all"):
        return _has(value, items, at, every=operator == "has_all")
    found = _in(value, items, at, folded=operator.endswith("~"))
    return found.then(negation, Kind.BOOL) if operator[0] == "!" else found


def _spread(item: Compiled) -> list[Compiled]:
    """Return the elements of an array that is written out, else the item itself."""
    if item.fixed is None or item.kind is not Kind.DYNAMIC or not isinstance(item.fixed[0], list):
        return [item]
    return [constant(one, _kind_of_json(one), item.at) for one in item.fixed[0]]


def _kind_of_json(value: object) -> Kind:
    match value:
        case str():
            return Kind.STRING
        case bool():
            return Kind.BOOL
        case int():
            return Kind.LONG
        case float():
            return Kind.REAL
        case _:
            return Kind.DYNAMIC


def _in(value: Compiled, items: Sequence[Compiled], at: int, *, folded: bool) -> Compiled:
    if folded:
        value = coerce(value, Kind.STRING, "the left side of 'in~'").then(str.lower, Kind.STRING)
        items = [coerce(item, Kind.STRING, "an item of 'in~'").then(str.lower, Kind.STRING) for item in items]
    sided = _one_kind(value, items, at)
    others = [alike(sided, item, at)[1] for item in items]
    if all(item.fixed is not None for item in others):
        return _in_set(sided, {frozen(item.fixed[0]) for item in others if item.fixed is not None}, at)

    def values(frame: Frame) -> Values:
        columns = [list(map(frozen, item.values(frame))) for item in others]
        rows = zip(*columns, strict=True) if columns else [()] * frame.size
        return [frozen(one) in row for one, row in zip(sided.values(frame), rows, strict=True)]

    return Compiled(Kind.BOOL, values, at=at)


def _one_kind(value: Compiled, items: Sequence[Compiled], at: int) -> Compiled:
    """Give the value the type of the items, where it is dynamic."""
    kinds = {item.kind for item in items}
    if value.kind is not Kind.DYNAMIC or not kinds or kinds == {Kind.DYNAMIC}:
        return value
    if kinds <= NUMBERS:
        return convert(value, Kind.REAL)
    if len(kinds) > 1:
        raise SemanticFailure("the items of a list must have one type", at)
    return convert(value, kinds.pop())


def _in_set(value: Compiled, wanted: set[Any], at: int) -> Compiled:
    if value.kind is Kind.DYNAMIC:
        return Compiled(Kind.BOOL, lambda frame: [frozen(one) in wanted for one in value.values(frame)], at=at)
    if value.kind is Kind.BOOL:
        wanted = {one[1] if isinstance(one, tuple) else one for one in wanted}
    return Compiled(Kind.BOOL, lambda frame: [one in wanted for one in value.values(frame)], at=at)


def _has(value: Compiled, items: Sequence[Compiled], at: int, *, every: bool) -> Compiled:
    text = coerce(value, Kind.STRING, "the left side of 'has_any'").then(str.lower, Kind.STRING)
    terms = [coerce(item, Kind.STRING, "a term").then(str.lower, Kind.STRING) for item in items]
    choose = all if every else any

    def values(frame: Frame) -> Values:
        columns = [term.values(frame) for term in terms]
        rows = zip(*columns, strict=True) if columns else [()] * frame.size
        return [choose(has_term(one, term) for term in row) for one, row in zip(text.values(frame), rows, strict=True)]

    return Compiled(Kind.BOOL, values, at=at)
