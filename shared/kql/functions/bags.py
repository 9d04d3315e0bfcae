"""Functions of property bags."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shared.kql.evaluation.compiled import Compiled
from shared.kql.evaluation.conversions import convert
from shared.kql.evaluation.scope import Scope
from shared.kql.failures import SemanticFailure
from shared.kql.functions.function import Function, Special, call_rows
from shared.kql.syntax import Call, Name
from shared.kql.value_types import Kind

_D, _S, _B = Kind.DYNAMIC, Kind.STRING, Kind.BOOL


def _keys(bag: Any) -> Any:
    return list(bag) if type(bag) is dict else None


def merged(*bags: Any) -> dict[str, Any]:
    """Put bags together; the first one that has a slot gives it."""
    found: dict[str, Any] = {}
    for bag in bags:
        if type(bag) is dict:
            for key, value in bag.items():
                found.setdefault(key, value)
    return found


def _without(bag: Any, keys: Any) -> Any:
    if type(bag) is not dict or type(keys) is not list:
        return bag
    gone = {key for key in keys if type(key) is str}
    return {key: value for key, value in bag.items() if key not in gone}


def _has_key(bag: Any, key: str) -> bool | None:
    return key in bag if type(bag) is dict else None


def _set_key(bag: Any, key: str, value: Any) -> Any:
    return {**bag, key: value} if type(bag) is dict else None


def _pack(node: Call, arguments: Sequence[Compiled], _scope: Scope) -> Compiled:
    if not arguments or len(arguments) % 2:
        raise SemanticFailure(f"{node.function}() takes pairs of a name and a value", node.at)
    keys = [convert(key, _S) for key in arguments[::2]]
    values = [convert(value, _D) for value in arguments[1::2]]
    half = len(keys)

    def bag(*row: Any) -> dict[str, Any]:
        return dict(zip(row[:half], row[half:], strict=True))

    return call_rows(bag, [*keys, *values], _D, node.at)


def _pack_all(node: Call, arguments: Sequence[Compiled], scope: Scope) -> Compiled:
    if arguments:
        raise SemanticFailure("pack_all() takes no argument here", node.at)
    names = list(scope.schema)
    columns = [convert(scope.resolve(Name(node.at, name)), _D) for name in names]
    return call_rows(lambda *row: dict(zip(names, row, strict=True)), columns, _D, node.at)


FUNCTIONS: Mapping[str, Function] = {
    "bag_keys": Function(_D, (_D,), _keys),
    "bag_merge": Function(_D, (_D, _D), merged, rest=True, sees_null=True),
    "bag_remove_keys": Function(_D, (_D, _D), _without),
    "bag_has_key": Function(_B, (_D, _S), _has_key),
    "bag_set_key": Function(_D, (_D, _S, _D), _set_key, sees_null=True),
}
SPECIAL: Mapping[str, Special] = {"pack": _pack, "bag_pack": _pack, "pack_dictionary": _pack, "pack_all": _pack_all}
