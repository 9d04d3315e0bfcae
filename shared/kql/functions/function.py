"""What a scalar function is: what it takes and gives, and what it makes of the values of one row."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat

from shared.kql.evaluation.compiled import Compiled, constant
from shared.kql.evaluation.conversions import checked, coerce
from shared.kql.evaluation.frame import Frame, Values
from shared.kql.evaluation.scope import Scope
from shared.kql.failures import SemanticFailure
from shared.kql.syntax import Call, Expression
from shared.kql.value_types import Kind, Value, null_of

type Compile = Callable[[Expression, Scope], Compiled]


@dataclass(frozen=True)
class Function:
    """A function of the values of one row.

    ``least`` arguments must be given; ``rest`` says that the last type goes on. Unless it ``sees_null``, it gives null
    where one of its arguments is null (a string never is, and a dynamic may be).
    """

    gives: Kind
    takes: tuple[Kind, ...]
    apply: Callable[..., Value]
    least: int | None = None
    rest: bool = False
    sees_null: bool = False


type Special = Callable[[Call, Sequence[Compiled], Scope], Compiled]
"""A function whose type depends on its arguments; it is compiled for each call."""


def apply_function(function: Function, node: Call, arguments: Sequence[Compiled]) -> Compiled:
    """Compile a call; raise SemanticFailure where the arguments do not fit."""
    kinds = _kinds(function, node, len(arguments))
    fitted = [
        coerce(argument, kind, f"argument {number} of {node.function}()")
        for number, (argument, kind) in enumerate(zip(arguments, kinds, strict=True), 1)
    ]
    return call_rows(_guarded(function), fitted, function.gives, node.at)


def _kinds(function: Function, node: Call, count: int) -> Sequence[Kind]:
    takes = function.takes
    least = len(takes) if function.least is None else function.least
    if count < least or (count > len(takes) and not function.rest):
        most = "more" if function.rest else str(len(takes))
        expected = str(least) if most == str(least) else f"{least} to {most}"
        raise SemanticFailure(f"{node.function}() takes {expected} arguments, not {count}", node.at)
    return (*takes[:count], *(takes[-1:] * (count - len(takes))))


def _guarded(function: Function) -> Callable[..., Value]:
    apply, null = function.apply, null_of(function.gives)
    if function.sees_null or all(kind is Kind.STRING for kind in function.takes):
        return apply

    def or_null(*values: Value) -> Value:
        if None in values:
            return null
        return apply(*values)

    return or_null


def call_rows(apply: Callable[..., Value], arguments: Sequence[Compiled], kind: Kind, at: int) -> Compiled:
    """Compile a function over the values of each row; where all are fixed, it is called once."""
    fixed = [argument.fixed[0] for argument in arguments if argument.fixed is not None]
    if len(fixed) == len(arguments):
        return constant(_checked(apply(*fixed), kind), kind, at)

    def values(frame: Frame) -> Values:
        columns = [
            argument.values(frame) if argument.fixed is None else repeat(argument.fixed[0], frame.size)
            for argument in arguments
        ]
        found = list(map(apply, *columns))
        if kind is Kind.STRING:
            checked(max(found, key=len, default=""))
        return found

    return Compiled(kind, values, at=at)


def _checked(value: Value, kind: Kind) -> Value:
    return checked(value) if kind is Kind.STRING else value


def same_kind(arguments: Sequence[Compiled], name: str) -> tuple[Kind, list[Compiled]]:
    """Give arguments one type: that of those which are not dynamic, the wider one of numbers; raise SemanticFailure."""
    kinds = {argument.kind for argument in arguments if argument.fixed != (None,) or argument.kind is not Kind.DYNAMIC}
    if kinds == {Kind.LONG, Kind.REAL}:
        kind = Kind.REAL
    elif len(kinds) == 1:
        (kind,) = kinds
    elif Kind.DYNAMIC in kinds or not kinds:
        kind = Kind.DYNAMIC
    else:
        told = ", ".join(sorted(kinds))
        raise SemanticFailure(f"{name}() needs values of one type, not {told}", arguments[0].at)
    return kind, [coerce(argument, kind, f"an argument of {name}()") for argument in arguments]


def named_functions(*groups: Mapping[str, Function]) -> dict[str, Function]:
    """Put groups of functions together."""
    return {name: function for group in groups for name, function in group.items()}
