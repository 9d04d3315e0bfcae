"""Functions from one type to another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from shared.kql.evaluation.compiled import Compiled
from shared.kql.evaluation.conversions import convert
from shared.kql.evaluation.scope import Scope
from shared.kql.failures import SemanticFailure
from shared.kql.functions.function import Special
from shared.kql.syntax import Call
from shared.kql.value_types import Kind, Value

_DEEPEST = 100


def one(node: Call, arguments: Sequence[Compiled]) -> Compiled:
    """Return the only argument; raise SemanticFailure."""
    if len(arguments) != 1:
        raise SemanticFailure(f"{node.function}() takes 1 argument, not {len(arguments)}", node.at)
    return arguments[0]


def _to(kind: Kind) -> Special:
    def compile_it(node: Call, arguments: Sequence[Compiled], _scope: Scope) -> Compiled:
        value = one(node, arguments)
        return convert(Compiled(value.kind, value.values, value.fixed, node.at), kind)

    return compile_it


def read_json(text: str) -> Value:
    """Read JSON; a text that is none is itself the value, as Kusto has it."""
    try:
        return msgspec.json.decode(text) if text else None
    except (msgspec.MsgspecError, RecursionError, UnicodeEncodeError):
        return text


def _parse_json(node: Call, arguments: Sequence[Compiled], _scope: Scope) -> Compiled:
    value = one(node, arguments)
    if value.kind is Kind.STRING:
        return value.then(read_json, Kind.DYNAMIC)
    # What is dynamic already stays as it is: a text of JSON in a slot needs tostring() first, in Kusto as well.
    return convert(value, Kind.DYNAMIC)


def _guid(node: Call, arguments: Sequence[Compiled], _scope: Scope) -> Compiled:
    return convert(one(node, arguments), Kind.STRING).then(str.lower, Kind.STRING)


_TARGETS = {
    Kind.STRING: ("tostring",),
    Kind.LONG: ("toint", "tolong", "int", "long"),
    Kind.REAL: ("todouble", "toreal", "todecimal", "double", "real", "decimal"),
    Kind.BOOL: ("tobool", "toboolean", "bool", "boolean"),
    Kind.DATETIME: ("todatetime", "datetime"),
    Kind.TIMESPAN: ("totimespan", "timespan", "time"),
}

SPECIAL: Mapping[str, Special] = {
    **{name: _to(kind) for kind, names in _TARGETS.items() for name in names},
    "toguid": _guid,
    "parse_json": _parse_json,
    "parsejson": _parse_json,
    "todynamic": _parse_json,
    "toobject": _parse_json,
}

KEEPS_NAME = frozenset(SPECIAL) - {"toguid"}
"""Functions whose unnamed column is called as their argument."""
