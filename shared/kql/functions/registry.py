"""Every scalar function by its name."""

from __future__ import annotations

from collections.abc import Mapping

from shared.kql.evaluation.compiled import Compiled
from shared.kql.evaluation.scope import Scope
from shared.kql.failures import SemanticFailure
from shared.kql.functions import arrays, bags, choices, conversions, dates, numbers, strings, tests, texts_by_regex
from shared.kql.functions.function import Compile, Function, Special, apply_function
from shared.kql.syntax import Call, Literal, Name

FUNCTIONS: Mapping[str, Function] = {
    **strings.FUNCTIONS,
    **texts_by_regex.FUNCTIONS,
    **arrays.FUNCTIONS,
    **bags.FUNCTIONS,
    **dates.FUNCTIONS,
    **numbers.FUNCTIONS,
}
SPECIAL: Mapping[str, Special] = {
    **conversions.SPECIAL,
    **choices.SPECIAL,
    **tests.SPECIAL,
    **numbers.SPECIAL,
    **dates.SPECIAL,
    **strings.SPECIAL,
    **texts_by_regex.SPECIAL,
    **bags.SPECIAL,
    **arrays.SPECIAL,
}


def compile_call(node: Call, scope: Scope, compile_argument: Compile) -> Compiled:
    """Compile a call of a scalar function; raise SemanticFailure."""
    if node.function == "column_ifexists":
        return _column_if_exists(node, scope, compile_argument)
    arguments = [compile_argument(argument, scope) for argument in node.arguments]
    if node.function in SPECIAL:
        return SPECIAL[node.function](node, arguments, scope)
    if node.function in FUNCTIONS:
        return apply_function(FUNCTIONS[node.function], node, arguments)
    raise SemanticFailure(f"Unknown function: '{node.function}'.", node.at)


def _column_if_exists(node: Call, scope: Scope, compile_argument: Compile) -> Compiled:
    match node.arguments:
        case (Literal(value=str(name)), default):
            return scope.resolve(Name(node.at, name)) if name in scope.schema else compile_argument(default, scope)
    raise SemanticFailure("column_ifexists() takes the name of a column as a string, and a default", node.at)
