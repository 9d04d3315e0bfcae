"""Functions that ask something of a value."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from shared.kql.evaluation.compiled import Compiled, constant
from shared.kql.evaluation.conversions import coerce
from shared.kql.evaluation.logic import negation
from shared.kql.evaluation.scope import Scope
from shared.kql.functions.conversions import one
from shared.kql.functions.function import Special
from shared.kql.syntax import Call
from shared.kql.value_types import Kind, Value


def _is_null(value: Value) -> bool:
    return value is None


def _is_empty(value: Value) -> bool:
    return value is None or value == ""


def _test(holds: Callable[[Value], bool], *, negated: bool = False) -> Special:
    def compile_it(node: Call, arguments: Sequence[Compiled], _scope: Scope) -> Compiled:
        found = one(node, arguments).then(holds, Kind.BOOL)
        return found.then(negation, Kind.BOOL) if negated else found

    return compile_it


def _not(node: Call, arguments: Sequence[Compiled], _scope: Scope) -> Compiled:
    return coerce(one(node, arguments), Kind.BOOL, "what not() takes").then(negation, Kind.BOOL)


def _get_type(node: Call, arguments: Sequence[Compiled], _scope: Scope) -> Compiled:
    value = one(node, arguments)
    if value.kind is not Kind.DYNAMIC:
        return constant(value.kind.value, Kind.STRING, node.at)
    return value.then(_json_type, Kind.STRING)


def _json_type(value: Value) -> str:
    match value:
        case None:
            return "null"
        case dict():
            return "dictionary"
        case list():
            return "array"
        case bool():
            return "bool"
        case int():
            return "long"
        case float():
            return "real"
        case _:
            return "string"


SPECIAL: Mapping[str, Special] = {
    "isnull": _test(_is_null),
    "isnotnull": _test(_is_null, negated=True),
    "notnull": _test(_is_null, negated=True),
    "isempty": _test(_is_empty),
    "isnotempty": _test(_is_empty, negated=True),
    "notempty": _test(_is_empty, negated=True),
    "not": _not,
    "gettype": _get_type,
}
