"""``+``, ``-``, ``*``, ``/`` and ``%`` over numbers, datetimes and timespans; with null, and out of range, null."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from typing import Any

from shared.kql.evaluation.compiled import Compiled
from shared.kql.evaluation.conversions import MOST_LONG, convert
from shared.kql.failures import SemanticFailure
from shared.kql.time_texts import MOST_TICKS
from shared.kql.value_types import NUMBERS, Kind, Value

_L, _R, _D, _T = Kind.LONG, Kind.REAL, Kind.DATETIME, Kind.TIMESPAN


def _divide_long(left: int, right: int) -> int | None:
    if right == 0:
        return None
    # Towards zero, and exact for all 64 bits.
    quotient = abs(left) // abs(right)
    return quotient if (left < 0) == (right < 0) else -quotient


def _divide_real(left: float, right: float) -> float | None:
    if right == 0:
        return math.nan if left == 0 or left != left else math.copysign(math.inf, left)
    return left / right


def _remainder(left: Any, right: Any) -> Any:
    return left % abs(right) if right else None


_OPERATIONS: Mapping[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "%": _remainder,
}
_KINDS: Mapping[tuple[str, Kind, Kind], Kind] = {
    **{(sign, _L, _L): _L for sign in "+-*/%"},
    **{(sign, one, other): _R for sign in "+-*/%" for one, other in ((_L, _R), (_R, _L), (_R, _R))},
    ("+", _D, _T): _D,
    ("+", _T, _D): _D,
    ("-", _D, _T): _D,
    ("-", _D, _D): _T,
    **{(sign, _T, _T): _T for sign in "+-%"},
    ("/", _T, _T): _R,
    **{(sign, _T, number): _T for sign in "*/" for number in (_L, _R)},
    **{("*", number, _T): _T for number in (_L, _R)},
}


def arithmetic(sign: str, left: Compiled, right: Compiled, at: int) -> Compiled:
    """Compile an operation; raise SemanticFailure where there is none for the types."""
    left, right = _as_number(left, right), _as_number(right, left)
    kind = _KINDS.get((sign, left.kind, right.kind))
    if kind is None:
        hint = " Use strcat()." if sign == "+" and Kind.STRING in (left.kind, right.kind) else ""
        raise SemanticFailure(f"'{sign}' is not defined for a {left.kind} and a {right.kind}.{hint}", at)
    apply = _or_null(_operation(sign, left.kind, right.kind), kind)
    if left.fixed is not None and right.fixed is not None:
        value = apply(left.fixed[0], right.fixed[0])
        return Compiled(kind, lambda frame: [value] * frame.size, (value,), at)
    return Compiled(kind, lambda frame: list(map(apply, left.values(frame), right.values(frame))), at=at)


def _as_number(value: Compiled, other: Compiled) -> Compiled:
    """Give a dynamic or a truth value the type that it has to have beside the other operand."""
    if value.kind is Kind.BOOL:
        return convert(value, Kind.LONG)
    if value.kind is not Kind.DYNAMIC:
        return value
    return convert(value, other.kind if other.kind in (_D, _T) else Kind.REAL)


def _operation(sign: str, left: Kind, right: Kind) -> Callable[[Any, Any], Any]:
    if sign != "/":
        return _OPERATIONS[sign]
    whole = left is _L and right is _L
    return _divide_long if whole else _divide_real


def _or_null(apply: Callable[[Any, Any], Any], kind: Kind) -> Callable[[Value, Value], Value]:
    def operate(left: Value, right: Value) -> Value:
        if left is None or right is None:
            return None
        try:
            return in_range(apply(left, right), kind)
        except OverflowError:
            return None

    return operate


def in_range(value: Value, kind: Kind) -> Value:
    """Return a value as its type holds it, or null where it does not fit."""
    if value is None or kind is _R:
        return value
    if kind is _T and type(value) is float:
        if not math.isfinite(value):
            return None
        value = int(value)
    least, most = (0, MOST_TICKS) if kind is _D else (-MOST_LONG - 1, MOST_LONG)
    return value if least <= value <= most else None


def negative(value: Compiled) -> Compiled:
    """Compile a minus before an operand; raise SemanticFailure."""
    if value.kind is Kind.DYNAMIC:
        value = convert(value, Kind.REAL)
    if value.kind not in (*NUMBERS, _T):
        raise SemanticFailure(f"'-' is not defined for a {value.kind}", value.at)
    return value.then(lambda one: None if one is None else -one, value.kind)
