"""Functions of numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from shared.kql.evaluation.arithmetic import in_range
from shared.kql.evaluation.compiled import Compiled
from shared.kql.evaluation.conversions import coerce, convert
from shared.kql.evaluation.scope import Scope
from shared.kql.failures import SemanticFailure
from shared.kql.functions.conversions import one
from shared.kql.functions.function import Function, Special, call_rows
from shared.kql.syntax import Call
from shared.kql.value_types import NUMBERS, Kind, Value

_R, _L, _D, _T = Kind.REAL, Kind.LONG, Kind.DATETIME, Kind.TIMESPAN


def _or_null(apply: Callable[..., float]) -> Callable[..., float | None]:
    def computed(*values: float) -> float | None:
        try:
            return apply(*values)
        except (ValueError, OverflowError, ZeroDivisionError):
            return None

    return computed


def _rounded(value: float, digits: int = 0) -> float | None:
    """Round half away from zero."""
    if not math.isfinite(value) or not -300 < digits < 300:
        return None
    scale = 10.0**digits
    scaled = abs(value) * scale
    if not math.isfinite(scaled):
        return value
    # What is written 1.005 is a little less in binary; the nearest number decides, as round() has it.
    return math.copysign(math.floor(scaled + 0.5) / scale, value)


def _power(base: float, exponent: float) -> float:
    found = base**exponent
    if isinstance(found, complex):
        raise ValueError("no real number")
    return float(found)


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)


def _binned(value: Any, size: Any) -> Any:
    # Whole numbers are divided as such, so that those of 64 bits stay exact.
    return math.floor(value / size) * size if isinstance(value, float) else value // size * size


def _bin(node: Call, arguments: Sequence[Compiled], _scope: Scope) -> Compiled:
    if len(arguments) != 2:
        raise SemanticFailure(f"{node.function}() takes 2 arguments, not {len(arguments)}", node.at)
    value, size = arguments
    kind, size = _bin_kind(node, value, size)
    value = coerce(value, kind, "the value of bin()")

    def binned(one: Value, width: Value) -> Value:
        if one is None or width is None or width <= 0 or not math.isfinite(one):
            return None
        return in_range(_binned(one, width), kind)

    return call_rows(binned, [value, size], kind, node.at)


def _bin_kind(node: Call, value: Compiled, size: Compiled) -> tuple[Kind, Compiled]:
    if size.kind is _T:
        kind = _D if value.kind in (_D, Kind.DYNAMIC) else _T
        return kind, size
    if size.kind not in NUMBERS or value.kind not in (*NUMBERS, Kind.DYNAMIC):
        raise SemanticFailure(f"{node.function}() cannot put a {value.kind} into bins of a {size.kind}", node.at)
    kind = _L if value.kind is _L and size.kind is _L else _R
    return kind, convert(size, kind)


def _same(apply: Callable[[Any], Any]) -> Special:
    """Compile a function that gives the type which it takes."""

    def compile_it(node: Call, arguments: Sequence[Compiled], _scope: Scope) -> Compiled:
        value = one(node, arguments)
        value = value if value.kind in (_L, _T) else coerce(value, _R, f"what {node.function}() takes")
        return value.then(lambda number: None if number is None else apply(number), value.kind)

    return compile_it


FUNCTIONS: Mapping[str, Function] = {
    "round": Function(_R, (_R, _L), _rounded, least=1),
    "ceiling": Function(_R, (_R,), _or_null(lambda value: float(math.ceil(value)))),
    "sqrt": Function(_R, (_R,), _or_null(math.sqrt)),
    "pow": Function(_R, (_R, _R), _or_null(_power)),
    "exp": Function(_R, (_R,), _or_null(math.exp)),
    "log": Function(_R, (_R,), _or_null(math.log)),
    "log2": Function(_R, (_R,), _or_null(math.log2)),
    "log10": Function(_R, (_R,), _or_null(math.log10)),
    "sign": Function(_L, (_R,), _sign),
    "isnan": Function(Kind.BOOL, (_R,), math.isnan),
    "isfinite": Function(Kind.BOOL, (_R,), math.isfinite),
    "isinf": Function(Kind.BOOL, (_R,), math.isinf),
}
SPECIAL: Mapping[str, Special] = {"bin": _bin, "floor": _bin, "abs": _same(abs)}
