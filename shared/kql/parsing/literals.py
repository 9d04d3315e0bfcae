"""Values that a query writes out."""

from __future__ import annotations

import re
from typing import Any

from shared.kql.failures import SyntaxFailure
from shared.kql.lexer import Token, TokenKind, string_value
from shared.kql.parsing.cursor import Cursor
from shared.kql.syntax import Literal
from shared.kql.time_texts import parse_datetime, parse_timespan, unit_ticks
from shared.kql.value_types import NAMES, Kind

_MOST_LONG = 2**63 - 1
_NUMBER_PART = re.compile(r"[0-9.]+")
_WORDS: dict[str, tuple[object, Kind]] = {
    "true": (True, Kind.BOOL),
    "false": (False, Kind.BOOL),
    "True": (True, Kind.BOOL),
    "False": (False, Kind.BOOL),
}


def literal(cursor: Cursor) -> Literal | None:
    """Take a literal if one comes next; raise SyntaxFailure if it is none after all."""
    token = cursor.token
    match token.kind:
        case TokenKind.STRING:
            return _string(cursor)
        case TokenKind.NUMBER:
            return number(cursor.take())
        case TokenKind.TIMESPAN:
            return Literal(token.at, _span(cursor.take()), Kind.TIMESPAN)
        case TokenKind.NAME if token.text in _WORDS:
            cursor.take()
            return Literal(token.at, *_WORDS[token.text])
        case TokenKind.NAME if token.text == "dynamic" and cursor.ahead(1).text == "(":
            cursor.take()
            return _dynamic(cursor, token.at)
        case TokenKind.NAME if token.text in NAMES and cursor.ahead(1).text == "(":
            return _typed(cursor)
    return None


def _string(cursor: Cursor) -> Literal:
    first = cursor.take()
    value = string_value(first)
    # Literals beside each other are one.
    while cursor.token.kind is TokenKind.STRING:
        value += string_value(cursor.take())
    return Literal(first.at, value, Kind.STRING)


def number(token: Token) -> Literal:
    """Read a number, which is a long unless it has a fraction or an exponent."""
    text = token.text
    if text[:2] in ("0x", "0X"):
        value: int | float = int(text, 16) if len(text) < 32 else _MOST_LONG + 1
    elif text.isdigit():
        value = int(text) if len(text) < 32 else _MOST_LONG + 1
    else:
        return Literal(token.at, float(text), Kind.REAL)
    if value > _MOST_LONG:
        raise SyntaxFailure(token.at, text[:40], "a number of 64 bits")
    return Literal(token.at, value, Kind.LONG)


def _span(token: Token) -> int:
    found = _NUMBER_PART.match(token.text)
    count = found.group() if found else "0"
    ticks = float(count) * unit_ticks(token.text[len(count) :])
    if ticks > _MOST_LONG:
        raise SyntaxFailure(token.at, token.text[:40], "a timespan of 64 bits")
    return int(ticks)


def _typed(cursor: Cursor) -> Literal | None:
    """Take ``datetime(2026-11-22)`` and the like; None where the brackets hold an expression."""
    kind, at = NAMES[cursor.token.text], cursor.token.at
    inside = cursor.ahead(2)
    if inside.kind is TokenKind.STRING and kind in (Kind.DATETIME, Kind.TIMESPAN) and cursor.ahead(3).text == ")":
        cursor.take(), cursor.take(), cursor.take(), cursor.take()
        return Literal(at, _from_text(string_value(inside), kind, inside), kind)
    closing = next((by for by in range(2, 16) if cursor.ahead(by).text in (")", "(") or by == 15), 15)
    if cursor.ahead(closing).text != ")":
        return None
    text = cursor.text[inside.at : cursor.ahead(closing).at].strip()
    value = _from_text(text, kind, inside, strict=kind in (Kind.DATETIME, Kind.TIMESPAN))
    if value is None and text != "null":
        return None
    cursor.take()
    cursor.raw_parenthesis()
    return Literal(at, value, kind)


def _from_text(text: str, kind: Kind, token: Token, *, strict: bool = True) -> Any:
    if text == "null":
        return None
    value: Any = None
    match kind:
        case Kind.DATETIME:
            value = parse_datetime(text)
        case Kind.TIMESPAN:
            value = parse_timespan(text)
        case Kind.BOOL:
            value = {"true": True, "false": False, "1": True, "0": False}.get(text.lower())
        case Kind.LONG if re.fullmatch(r"-?[0-9]{1,18}", text):
            value = int(text)
        case Kind.REAL if re.fullmatch(r"-?[0-9]{1,30}(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,3})?", text):
            value = float(text)
        case Kind.STRING if re.fullmatch(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}", text):
            value = text.lower()
    # A name alone may be a column, which a conversion takes; nothing else can be meant.
    if value is None and strict and not re.fullmatch(r"[A-Za-z_][\w.]*", text, re.ASCII):
        raise SyntaxFailure(token.at, token.shown, f"a {kind}")
    return value


def _dynamic(cursor: Cursor, at: int) -> Literal:
    cursor.expect("(")
    value = _json(cursor)
    cursor.expect(")")
    return Literal(at, value, Kind.DYNAMIC)


def _json(cursor: Cursor) -> object:
    with cursor.deeper():
        if cursor.accept("["):
            return _array(cursor)
        if cursor.accept("{"):
            return _bag(cursor)
        return _scalar(cursor)


def _array(cursor: Cursor) -> list[object]:
    if cursor.accept("]"):
        return []
    items = cursor.list_of(lambda: _json(cursor))
    cursor.expect("]")
    return list(items)


def _bag(cursor: Cursor) -> dict[str, object]:
    if cursor.accept("}"):
        return {}
    slots = cursor.list_of(lambda: _slot(cursor))
    cursor.expect("}")
    return dict(slots)


def _slot(cursor: Cursor) -> tuple[str, object]:
    if cursor.token.kind is not TokenKind.STRING:
        raise cursor.unexpected("a string")
    key = string_value(cursor.take())
    cursor.expect(":")
    return key, _json(cursor)


def _scalar(cursor: Cursor) -> object:
    if cursor.accept("null"):
        return None
    if cursor.accept("-"):
        negated = _scalar(cursor)
        if isinstance(negated, bool) or not isinstance(negated, int | float):
            raise cursor.unexpected("a number")
        return -negated
    found = literal(cursor)
    if found is None or found.kind in (Kind.DATETIME, Kind.TIMESPAN):
        raise cursor.unexpected("a value")
    return found.value
