"""Expressions, compiled: each node becomes a function over the columns that its parts give."""

from __future__ import annotations

from shared.kql.evaluation.arithmetic import arithmetic, negative
from shared.kql.evaluation.comparisons import ORDERS, between, compare, equal, unequal
from shared.kql.evaluation.compiled import Compiled, constant
from shared.kql.evaluation.conversions import coerce, convert
from shared.kql.evaluation.frame import Frame, Values
from shared.kql.evaluation.listed import listed
from shared.kql.evaluation.logic import all_true, any_true
from shared.kql.evaluation.scope import Scope
from shared.kql.evaluation.text_matches import match_text
from shared.kql.failures import SemanticFailure
from shared.kql.functions.registry import compile_call
from shared.kql.paths import path_of
from shared.kql.syntax import (
    All,
    AnyOf,
    Between,
    Binary,
    Call,
    Element,
    Expression,
    Listed,
    Literal,
    Member,
    Name,
    Negative,
    Star,
)
from shared.kql.value_types import Kind, Value

type _Composed = Member | Element | Call | Negative | Binary | All | AnyOf | Listed | Between

_ARITHMETIC = frozenset("+-*/%")


def compile_expression(node: Expression, scope: Scope) -> Compiled:
    """Compile an expression; raise SemanticFailure."""
    match node:
        case Literal():
            return constant(node.value, node.kind, node.at)
        case Name():
            return scope.resolve(node)
        case Star():
            raise SemanticFailure("'*' cannot stand here", node.at)
    return _compile(node, scope)


def _compile(node: _Composed, scope: Scope) -> Compiled:
    match node:
        case Member() | Element():
            return _access(node, scope)
        case Call():
            found = compile_call(node, scope, compile_expression)
            return Compiled(found.kind, found.values, found.fixed, node.at)
        case Negative():
            return negative(compile_expression(node.operand, scope))
        case Binary():
            return _binary(node, scope)
        case All() | AnyOf():
            combine = all_true if isinstance(node, All) else any_true
            return combine([condition(operand, scope) for operand in node.operands])
        case Listed():
            items = [compile_expression(item, scope) for item in node.items]
            return listed(node.operator, compile_expression(node.operand, scope), items, node.at)
        case Between():
            low, high = compile_expression(node.low, scope), compile_expression(node.high, scope)
            return between(compile_expression(node.operand, scope), low, high, negated=node.negated)


def condition(node: Expression, scope: Scope) -> Compiled:
    """Compile an expression that must be a truth value; raise SemanticFailure."""
    return coerce(compile_expression(node, scope), Kind.BOOL, "a condition")


def _binary(node: Binary, scope: Scope) -> Compiled:
    right = compile_expression(node.right, scope)
    if isinstance(node.left, Star):
        found = [_relate(node, _text_column(name, scope), right) for name in scope.schema]
        return any_true(found)
    return _relate(node, compile_expression(node.left, scope), right)


def _text_column(name: str, scope: Scope) -> Compiled:
    return convert(scope.resolve(Name(0, name)), Kind.STRING)


def _relate(node: Binary, left: Compiled, right: Compiled) -> Compiled:
    if node.operator in _ARITHMETIC:
        return arithmetic(node.operator, left, right, node.at)
    if node.operator == "==":
        return equal(left, right, node.at)
    if node.operator == "!=":
        return unequal(left, right, node.at)
    if node.operator in ORDERS:
        return compare(node.operator, left, right, node.at)
    return match_text(node.operator, left, right, node.at)


def _access(node: Member | Element, scope: Scope) -> Compiled:
    target = compile_expression(node.target, scope)
    if target.kind is not Kind.DYNAMIC:
        raise SemanticFailure(f"a {target.kind} has no slots: parse_json() makes a dynamic of a text", node.at)
    if isinstance(node, Member):
        return _slot(node, target, node.key)
    key = compile_expression(node.key, scope)
    if key.fixed is not None:
        return _slot(node, target, key.fixed[0])
    if key.kind not in (Kind.STRING, Kind.LONG, Kind.DYNAMIC):
        raise SemanticFailure(f"a {key.kind} is neither the name of a slot nor an index", node.at)
    return Compiled(Kind.DYNAMIC, lambda frame: list(map(element, target.values(frame), key.values(frame))), at=node.at)


def _slot(node: Member | Element, target: Compiled, key: Value) -> Compiled:
    if type(key) is str:
        path = path_of(node)

        def make(frame: Frame) -> Values:
            kept = frame.slot(path) if path else None
            if kept is not None:
                return kept
            return [bag.get(key) if type(bag) is dict else None for bag in target.values(frame)]

    else:

        def make(frame: Frame) -> Values:
            return [element(array, key) for array in target.values(frame)]

    # A path is often asked for again and again in one query.
    return Compiled(Kind.DYNAMIC, lambda frame: frame.path(node, make), at=node.at)


def element(target: Value, key: Value) -> Value:
    """Return the slot of a bag or the element of an array, counted from the end where the index is negative."""
    if type(target) is dict:
        return target.get(key) if type(key) is str else None
    if type(target) is list and type(key) is int and -len(target) <= key < len(target):
        return target[key]
    return None
