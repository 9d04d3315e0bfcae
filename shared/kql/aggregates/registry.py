"""Every aggregate by its name; those that give several columns are in ``whole_rows``."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from shared.kql.aggregates.aggregate import Aggregate, always, known, like_first
from shared.kql.evaluation.arithmetic import in_range
from shared.kql.evaluation.comparisons import frozen
from shared.kql.evaluation.frame import Values
from shared.kql.functions.arrays import distinct
from shared.kql.functions.bags import merged
from shared.kql.value_types import Kind, Value

_L, _R, _D, _B = Kind.LONG, Kind.REAL, Kind.DYNAMIC, Kind.BOOL


def _count(values: Values) -> int:
    return len(values)


def _count_true(values: Values) -> int:
    return sum(value is True for value in values)


def _total(kinds: Sequence[Kind]) -> Kind:
    return kinds[0] if kinds[0] in (_L, _R, Kind.TIMESPAN) else _R


def _sum(values: Values) -> Value:
    found = sum(known(values))
    return found if isinstance(found, float) else in_range(found, _L)


def _average(values: Values) -> Value:
    some = known(values)
    # Kusto has not-a-number here, which JSON does not.
    return math.fsum(some) / len(some) if some else None


def _mean(kinds: Sequence[Kind]) -> Kind:
    return _R


def _best(choose: Callable[[Any], Any]) -> Callable[[Values], Value]:
    def best(values: Values) -> Value:
        some = known(values)
        return choose(some) if some else None

    return best


def _distinct_count(values: Values) -> int:
    return len({frozen(value) for value in known(values)})


def _list(values: Values, most: Values | None = None) -> list[Any]:
    return _cut(known(values), most)


def _set(values: Values, most: Values | None = None) -> list[Any]:
    return _cut(distinct(known(values)), most)


def _cut(values: list[Any], most: Values | None) -> list[Any]:
    return values[: max(0, most[0])] if most and type(most[0]) is int else values


def _bag(values: Values, most: Values | None = None) -> dict[str, Any]:
    bag = merged(*values)
    return dict(list(bag.items())[: max(0, most[0])]) if most and type(most[0]) is int else bag


def _percentile(values: Values, percents: Values) -> Value:
    some = sorted(known(values))
    if not some or percents[0] is None or not 0 <= percents[0] <= 100:
        return None
    return some[max(0, math.ceil(percents[0] / 100 * len(some)) - 1)]


def _deviation(values: Values) -> Value:
    found = _variance(values)
    return None if found is None else math.sqrt(found)


def _variance(values: Values) -> Value:
    some = known(values)
    if len(some) < 2:
        return 0.0 if some else None
    mean = math.fsum(some) / len(some)
    return math.fsum((value - mean) ** 2 for value in some) / (len(some) - 1)


def _any(values: Values) -> Value:
    return next((value for value in values if value is not None), None)


def _with_if(name: str, plain: Aggregate, prefix: str | None = None) -> dict[str, Aggregate]:
    """Return an aggregate and its twin that takes only rows for which a condition, its second argument, is true."""
    takes = (plain.takes[0], _B, *plain.takes[1:])
    least = None if plain.least is None else plain.least + 1
    # A sum is called sum_x, and its twin sumif_x; but make_list_if gives list_x as well.
    twin = f"{name}_if" if name.startswith("make_") else f"{name}if"
    twin_prefix = plain.prefix if name.startswith("make_") else twin
    return {name: plain, twin: Aggregate(prefix or twin_prefix, takes, plain.gives, plain.apply, least, condition=1)}


_LISTS = {
    "make_list": Aggregate("list", (_D, _L), always(_D), _list, least=1),
    "make_set": Aggregate("set", (_D, _L), always(_D), _set, least=1),
    "make_bag": Aggregate("bag", (_D, _L), always(_D), _bag, least=1),
}

AGGREGATES: Mapping[str, Aggregate] = {
    "count": Aggregate("count", (), always(_L), _count),
    "countif": Aggregate("countif", (_B,), always(_L), _count_true),
    **_with_if("sum", Aggregate("sum", (None,), _total, _sum)),
    **_with_if("avg", Aggregate("avg", (_R,), _mean, _average)),
    **_with_if("max", Aggregate("max", (None,), like_first, _best(max))),
    **_with_if("min", Aggregate("min", (None,), like_first, _best(min))),
    **_with_if(
        "dcount", Aggregate("dcount", (None, _L), always(_L), lambda values, *_: _distinct_count(values), least=1)
    ),
    "count_distinct": Aggregate("count_distinct", (None,), always(_L), _distinct_count),
    **_with_if("make_list", _LISTS["make_list"]),
    **_with_if("make_set", _LISTS["make_set"]),
    **_with_if("make_bag", _LISTS["make_bag"]),
    "makelist": _LISTS["make_list"],
    "makeset": _LISTS["make_set"],
    "percentile": Aggregate("percentile", (None, _R), like_first, _percentile),
    "stdev": Aggregate("stdev", (_R,), always(_R), _deviation),
    "variance": Aggregate("variance", (_R,), always(_R), _variance),
    "take_anyif": Aggregate("take_anyif", (None, _B), like_first, _any, condition=1),
}
WHOLE_ROWS = ("arg_max", "arg_min", "take_any", "any")
"""Aggregates that give columns of one row of the group."""
