"""Functions that choose one of their arguments."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from shared.kql.evaluation.compiled import Compiled
from shared.kql.evaluation.conversions import coerce
from shared.kql.evaluation.scope import Scope
from shared.kql.failures import SemanticFailure
from shared.kql.functions.function import Special, call_rows, same_kind
from shared.kql.syntax import Call
from shared.kql.value_types import Kind, Value, null_of


def _iff(node: Call, arguments: Sequence[Compiled], _scope: Scope) -> Compiled:
    if len(arguments) != 3:
        raise SemanticFailure(f"{node.function}() takes 3 arguments, not {len(arguments)}", node.at)
    return _case(node, arguments, _scope)


def _case(node: Call, arguments: Sequence[Compiled], _scope: Scope) -> Compiled:
    if len(arguments) < 3 or len(arguments) % 2 == 0:
        raise SemanticFailure("case() takes pairs of a condition and a value, and a value for the rest", node.at)
    conditions = [coerce(one, Kind.BOOL, "a condition") for one in arguments[:-1:2]]
    kind, choices = same_kind([*arguments[1:-1:2], arguments[-1]], node.function)
    pairs = len(conditions)

    def choose(*values: Value) -> Value:
        for number in range(pairs):
            if values[number]:
                return values[pairs + number]
        return values[-1]

    return call_rows(choose, [*conditions, *choices], kind, node.at)


def _coalesce(node: Call, arguments: Sequence[Compiled], _scope: Scope) -> Compiled:
    if len(arguments) < 2:
        raise SemanticFailure("coalesce() takes 2 or more arguments", node.at)
    kind, choices = same_kind(arguments, "coalesce")
    null = null_of(kind)

    def first(*values: Value) -> Value:
        return next((value for value in values if value is not None and value != null), null)

    return call_rows(first, choices, kind, node.at)


def _most(choose: Callable[[Any], Any]) -> Special:
    def compile_it(node: Call, arguments: Sequence[Compiled], _scope: Scope) -> Compiled:
        if len(arguments) < 2:
            raise SemanticFailure(f"{node.function}() takes 2 or more arguments", node.at)
        kind, choices = same_kind(arguments, node.function)
        if kind is Kind.DYNAMIC:
            kind, choices = Kind.REAL, [coerce(choice, Kind.REAL, "a value") for choice in choices]

        def chosen(*values: Value) -> Value:
            known = [value for value in values if value is not None]
            return choose(known) if known else None

        return call_rows(chosen, choices, kind, node.at)

    return compile_it


SPECIAL: Mapping[str, Special] = {
    "iff": _iff,
    "iif": _iff,
    "case": _case,
    "coalesce": _coalesce,
    "max_of": _most(max),
    "min_of": _most(min),
}
