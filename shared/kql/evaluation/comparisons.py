"""Equality and order.

Kusto: null equals nothing and null == null is null; an order with null is null. A dynamic value takes the type of what
it is held against, where null becomes the empty string beside a string.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any

from shared.kql.evaluation.compiled import Compiled
from shared.kql.evaluation.conversions import convert
from shared.kql.evaluation.logic import all_true, any_true, negation
from shared.kql.failures import SemanticFailure
from shared.kql.value_types import NUMBERS, Kind, Value

ORDERS: Mapping[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def alike(left: Compiled, right: Compiled, at: int) -> tuple[Compiled, Compiled]:
    """Give both sides one type; raise SemanticFailure where Kusto does not compare them."""
    if left.kind is right.kind or {left.kind, right.kind} <= {*NUMBERS, Kind.BOOL}:
        return left, right
    if left.kind is Kind.DYNAMIC:
        return _towards(left, right), right
    if right.kind is Kind.DYNAMIC:
        return left, _towards(right, left)
    raise SemanticFailure(f"Cannot compare values of types {left.kind} and {right.kind}. Try adding explicit casts", at)


def _towards(value: Compiled, other: Compiled) -> Compiled:
    return convert(value, Kind.REAL if other.kind in NUMBERS else other.kind)


def equal(left: Compiled, right: Compiled, at: int) -> Compiled:
    """Compile ``==``."""
    left, right = alike(left, right, at)
    if left.kind is Kind.STRING and right.fixed is not None:
        wanted = right.fixed[0]
        return Compiled(Kind.BOOL, lambda frame: [value == wanted for value in left.values(frame)], at=at)
    return _pairwise(equality(left.kind), left, right, at)


def unequal(left: Compiled, right: Compiled, at: int) -> Compiled:
    """Compile ``!=``."""
    return equal(left, right, at).then(negation, Kind.BOOL)


def equality(kind: Kind) -> Callable[[Value, Value], bool | None]:
    """Return what says whether two values of a type are equal."""
    match kind:
        case Kind.STRING:
            return operator.eq
        case Kind.DYNAMIC:
            return _equal_json
        case _:
            return _equal_or_null


def _equal_or_null(left: Value, right: Value) -> bool | None:
    if left is None or right is None:
        return None if left is right else False
    return bool(left == right)


def _equal_json(left: Value, right: Value) -> bool | None:
    if left is None or right is None:
        return None if left is right else False
    return bool(frozen(left) == frozen(right))


def frozen(value: Value) -> Any:
    """Return something that can be hashed and is equal for equal JSON only; true is not 1."""
    if type(value) is dict:
        return ("{", frozenset((key, frozen(slot)) for key, slot in value.items()))
    if type(value) is list:
        return ("[", tuple(map(frozen, value)))
    if type(value) is bool:
        return ("?", value)
    return value


def compare(sign: str, left: Compiled, right: Compiled, at: int) -> Compiled:
    """Compile ``<``, ``<=``, ``>`` or ``>=``."""
    left, right = alike(left, right, at)
    holds = ORDERS[sign]
    if left.kind is Kind.STRING:
        return _pairwise(holds, left, right, at)

    def ordered(one: Value, other: Value) -> bool | None:
        if one is None or other is None:
            return None
        try:
            return holds(one, other)
        except TypeError:
            # Dynamic values of different types have no order.
            return None

    return _pairwise(ordered, left, right, at)


def between(value: Compiled, low: Compiled, high: Compiled, *, negated: bool) -> Compiled:
    """Compile ``between``: both ends belong to the range, and a timespan at its end counts from its beginning."""
    if value.kind is Kind.DATETIME and high.kind is Kind.TIMESPAN:
        from shared.kql.evaluation.arithmetic import arithmetic

        high = arithmetic("+", low, high, value.at or 0)
    at = value.at or 0
    inside = all_true([compare(">=", value, low, at), compare("<=", value, high, at)])
    if not negated:
        return inside
    return any_true([compare("<", value, low, at), compare(">", value, high, at)])


def _pairwise(holds: Callable[[Value, Value], Any], left: Compiled, right: Compiled, at: int) -> Compiled:
    if right.fixed is not None:
        other = right.fixed[0]
        return Compiled(Kind.BOOL, lambda frame: [holds(one, other) for one in left.values(frame)], at=at)
    return Compiled(Kind.BOOL, lambda frame: list(map(holds, left.values(frame), right.values(frame))), at=at)
