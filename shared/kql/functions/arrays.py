"""Functions of arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shared.kql.evaluation.comparisons import frozen
from shared.kql.evaluation.compiled import Compiled
from shared.kql.evaluation.conversions import convert
from shared.kql.evaluation.scope import Scope
from shared.kql.evaluation.sort_keys import json_key
from shared.kql.functions.function import Function, Special, call_rows
from shared.kql.syntax import Call
from shared.kql.value_types import Kind

_D, _L, _B = Kind.DYNAMIC, Kind.LONG, Kind.BOOL


def _length(array: Any) -> int | None:
    return len(array) if type(array) is list else None


def _concatenated(*arrays: Any) -> list[Any]:
    return [one for array in arrays if type(array) is list for one in array]


def _slice(array: Any, start: int, end: int) -> Any:
    if type(array) is not list:
        return None
    first = start if start >= 0 else max(0, len(array) + start)
    last = end if end >= 0 else len(array) + end
    return array[first : last + 1]


def _index_of(array: Any, wanted: Any) -> int | None:
    if type(array) is not list:
        return None
    keys = [frozen(one) for one in array]
    return keys.index(frozen(wanted)) if frozen(wanted) in keys else -1


def _has_element(array: Any, wanted: Any) -> bool | None:
    if type(array) is not list:
        return None
    return frozen(wanted) in {frozen(one) for one in array}


def _sorted(array: Any, *, descending: bool) -> Any:
    if type(array) is not list:
        return None
    known = sorted((one for one in array if one is not None), key=json_key, reverse=descending)
    return known + [None] * (len(array) - len(known))


def _ascending(array: Any) -> Any:
    return _sorted(array, descending=False)


def _descending(array: Any) -> Any:
    return _sorted(array, descending=True)


def distinct(values: Sequence[Any]) -> list[Any]:
    """Return each value once, in the order of the first ones."""
    seen: dict[Any, Any] = {}
    for value in values:
        seen.setdefault(frozen(value), value)
    return list(seen.values())


def _union(*arrays: Any) -> list[Any]:
    return distinct(_concatenated(*arrays))


def _intersection(*arrays: Any) -> list[Any]:
    others = [{frozen(one) for one in array} if type(array) is list else set() for array in arrays[1:]]
    first = arrays[0] if type(arrays[0]) is list else []
    return distinct([one for one in first if all(frozen(one) in other for other in others)])


def _difference(*arrays: Any) -> list[Any]:
    gone = {frozen(one) for array in arrays[1:] if type(array) is list for one in array}
    first = arrays[0] if type(arrays[0]) is list else []
    return distinct([one for one in first if frozen(one) not in gone])


def _sum(array: Any) -> Any:
    if type(array) is not list or not all(type(one) in (int, float) for one in array):
        return None
    return float(sum(array))


def _reversed(array: Any) -> Any:
    return array[::-1] if type(array) is list else None


def _packed(node: Call, arguments: Sequence[Compiled], _scope: Scope) -> Compiled:
    return call_rows(lambda *values: list(values), [convert(one, _D) for one in arguments], _D, node.at)


FUNCTIONS: Mapping[str, Function] = {
    "array_length": Function(_L, (_D,), _length),
    "array_concat": Function(_D, (_D,), _concatenated, rest=True, sees_null=True),
    "array_slice": Function(_D, (_D, _L, _L), _slice),
    "array_index_of": Function(_L, (_D, _D), _index_of, sees_null=True),
    "array_sort_asc": Function(_D, (_D,), _ascending),
    "array_sort_desc": Function(_D, (_D,), _descending),
    "array_reverse": Function(_D, (_D,), _reversed),
    "array_sum": Function(Kind.REAL, (_D,), _sum),
    "set_has_element": Function(_B, (_D, _D), _has_element, sees_null=True),
    "set_union": Function(_D, (_D, _D), _union, rest=True, sees_null=True),
    "set_intersect": Function(_D, (_D, _D), _intersection, rest=True, sees_null=True),
    "set_difference": Function(_D, (_D, _D), _difference, rest=True, sees_null=True),
}
SPECIAL: Mapping[str, Special] = {"pack_array": _packed}
