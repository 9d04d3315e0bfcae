"""Expressions, from the loosest operator to the tightest."""

from __future__ import annotations

from collections.abc import Callable

from shared.kql.failures import LimitFailure, SyntaxFailure
from shared.kql.lexer import TokenKind, string_value
from shared.kql.limits import CHAIN
from shared.kql.parsing.cursor import Cursor
from shared.kql.parsing.literals import literal
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
    Named,
    Negative,
    Star,
)
from shared.kql.value_types import NAMES, Kind

TEXT_OPERATORS = tuple(
    sign + name
    for name in (
        *("contains", "contains_cs", "has", "has_cs", "hasprefix", "hasprefix_cs", "hassuffix", "hassuffix_cs"),
        *("startswith", "startswith_cs", "endswith", "endswith_cs"),
    )
    for sign in ("", "!")
)
EQUALITY = ("==", "!=", "<>", "=~", "!~")
ORDER = ("<", "<=", ">", ">=")
LISTED = ("in", "!in", "in~", "!in~", "has_any", "has_all")
_RANGES = ("between", "!between")
_BY_NAME = frozenset((*TEXT_OPERATORS, *LISTED, *_RANGES))


def expression(cursor: Cursor) -> Expression:
    """Take an expression; raise SyntaxFailure or LimitFailure."""
    with cursor.deeper():
        first = _conjunction(cursor)
        if not cursor.at("or"):
            return first
        operands = [first]
        while cursor.accept("or"):
            operands.append(_conjunction(cursor))
        return AnyOf(first.at, tuple(operands))


def _conjunction(cursor: Cursor) -> Expression:
    first = _comparison(cursor)
    if not cursor.at("and"):
        return first
    operands = [first]
    while cursor.accept("and"):
        operands.append(_comparison(cursor))
    return All(first.at, tuple(operands))


def _comparison(cursor: Cursor) -> Expression:
    left = _star(cursor) if cursor.at("*") else _sum(cursor)
    operator, length = _relation(cursor)
    if not operator:
        return left
    at = cursor.token.at
    for _ in range(length):
        cursor.take()
    if operator in LISTED:
        return Listed(at, operator, left, _items(cursor))
    if operator in _RANGES:
        return _between(cursor, at, operator, left)
    return Binary(at, operator, left, _sum(cursor))


def _star(cursor: Cursor) -> Star:
    return Star(cursor.take().at)


def _relation(cursor: Cursor) -> tuple[str, int]:
    """Look for an operator that compares, and tell of how many tokens it is."""
    token, after = cursor.token, cursor.ahead(1)
    if token.kind is TokenKind.SIGN and token.text in (*EQUALITY, *ORDER):
        return ("!=" if token.text == "<>" else token.text), 1
    if token.text == "matches" and after.text == "regex":
        return "matches regex", 2
    negated = token.text == "!" and after.at == token.end
    name = after if negated else token
    operator = ("!" if negated else "") + name.text
    if name.kind is not TokenKind.NAME or operator not in _BY_NAME:
        return "", 0
    return operator, 2 if negated else 1


def _items(cursor: Cursor) -> tuple[Expression, ...]:
    cursor.expect("(")
    if cursor.accept(")"):
        return ()
    items = cursor.list_of(lambda: expression(cursor))
    cursor.expect(")")
    return items


def _between(cursor: Cursor, at: int, operator: str, left: Expression) -> Between:
    cursor.expect("(")
    low = _sum(cursor)
    cursor.expect("..")
    high = _sum(cursor)
    cursor.expect(")")
    return Between(at, operator[0] == "!", left, low, high)


def _chain(cursor: Cursor, operand: Callable[[Cursor], Expression], *operators: str) -> Expression:
    left, length = operand(cursor), 0
    while cursor.at(*operators):
        length += 1
        _check_length(cursor, length)
        operator = cursor.take()
        left = Binary(operator.at, operator.text, left, operand(cursor))
    return left


def _check_length(cursor: Cursor, length: int) -> None:
    if length > CHAIN:
        raise LimitFailure(f"An expression has more than {CHAIN} operators in a row.", cursor.token.at)


def _sum(cursor: Cursor) -> Expression:
    return _chain(cursor, _product, "+", "-")


def _product(cursor: Cursor) -> Expression:
    return _chain(cursor, _unary, "*", "/", "%")


def _unary(cursor: Cursor) -> Expression:
    if cursor.at("-", "+"):
        sign = cursor.take()
        with cursor.deeper():
            operand = _unary(cursor)
        return Negative(sign.at, operand) if sign.text == "-" else operand
    return _access(cursor)


def _access(cursor: Cursor) -> Expression:
    found, length = _primary(cursor), 0
    while cursor.at(".", "["):
        length += 1
        _check_length(cursor, length)
        at = cursor.token.at
        if cursor.accept(".") and not cursor.at("["):
            found = Member(at, found, cursor.name().text)
            continue
        cursor.expect("[")
        found = _element(found, expression(cursor), at)
        cursor.expect("]")
    return found


def _element(target: Expression, key: Expression, at: int) -> Expression:
    if isinstance(key, Literal) and key.kind is Kind.STRING:
        return Member(at, target, key.value)
    return Element(at, target, key)


def _primary(cursor: Cursor) -> Expression:
    if cursor.accept("("):
        inside = expression(cursor)
        cursor.expect(")")
        return inside
    if found := literal(cursor):
        return found
    token = cursor.token
    if token.kind is TokenKind.NAME and cursor.ahead(1).text == "(" and cursor.ahead(1).kind is TokenKind.SIGN:
        return _call(cursor)
    if cursor.at("[") or token.kind is TokenKind.NAME:
        return Name(token.at, cursor.column())
    raise cursor.unexpected("an expression")


def _call(cursor: Cursor) -> Call:
    name = cursor.take()
    cursor.expect("(")
    arguments: list[Expression] = []
    to: Kind | None = None
    while not cursor.at(")"):
        if cursor.at("typeof"):
            to = type_argument(cursor)
        else:
            arguments.append(_argument(cursor))
        if not cursor.at(")"):
            cursor.expect(",", ")")
            if cursor.at(")"):
                raise cursor.unexpected("an expression")
    cursor.expect(")")
    return Call(name.at, name.text, tuple(arguments), to)


def _argument(cursor: Cursor) -> Expression:
    if cursor.at("*") and cursor.ahead(1).text in (")", ","):
        return _star(cursor)
    return expression(cursor)


def type_argument(cursor: Cursor) -> Kind:
    """Take ``typeof(long)``; raise SyntaxFailure."""
    cursor.expect("typeof")
    cursor.expect("(")
    kind = type_name(cursor)
    cursor.expect(")")
    return kind


def type_name(cursor: Cursor) -> Kind:
    """Take the name of a type; raise SyntaxFailure."""
    token = cursor.name()
    if token.text not in NAMES:
        raise SyntaxFailure(token.at, token.text, "the name of a type")
    return NAMES[token.text]


def named(cursor: Cursor) -> Named:
    """Take ``name = expression``, ``(name, name) = expression`` or an expression alone."""
    if cursor.at("(") and (names := _names(cursor)):
        cursor.expect("=")
        return Named(names, expression(cursor))
    if cursor.token.kind is TokenKind.NAME and cursor.ahead(1).text == "=":
        name = cursor.take().text
        cursor.take()
        return Named((name,), expression(cursor))
    if cursor.at("[") and cursor.ahead(3).text == "=":
        name = cursor.column()
        cursor.take()
        return Named((name,), expression(cursor))
    return Named((), expression(cursor))


def _names(cursor: Cursor) -> tuple[str, ...]:
    """Take ``(a, b)`` if ``=`` follows it, else nothing."""
    by, names = 1, []
    while cursor.ahead(by).kind is TokenKind.NAME:
        names.append(cursor.ahead(by).text)
        if cursor.ahead(by + 1).text != ",":
            break
        by += 2
    if not names or cursor.ahead(by + 1).text != ")" or cursor.ahead(by + 2).text != "=":
        return ()
    for _ in range(by + 2):
        cursor.take()
    return tuple(names)


def string(cursor: Cursor) -> str:
    """Take a string literal; raise SyntaxFailure."""
    if cursor.token.kind is not TokenKind.STRING:
        raise cursor.unexpected("a string")
    return string_value(cursor.take())
