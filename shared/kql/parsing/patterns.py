"""``parse`` and ``parse-where``."""

from __future__ import annotations

from shared.kql.lexer import TokenKind
from shared.kql.parsing.cursor import Cursor
from shared.kql.parsing.expressions import expression, string, type_name
from shared.kql.syntax import Capture, Parse
from shared.kql.value_types import Kind


def parse(cursor: Cursor, at: int, *, only_matching: bool = False) -> Parse:
    """Take ``parse`` without its name."""
    mode = "simple"
    if cursor.at("kind") and cursor.ahead(1).text == "=":
        cursor.take()
        cursor.take()
        mode = cursor.expect("simple", "relaxed").text
    source = expression(cursor)
    cursor.expect("with")
    return Parse(at, source, _pattern(cursor), mode, only_matching)


def parse_where(cursor: Cursor, at: int) -> Parse:
    """Take ``parse-where`` without its name."""
    return parse(cursor, at, only_matching=True)


def _pattern(cursor: Cursor) -> tuple[str | Capture | None, ...]:
    parts: list[str | Capture | None] = []
    while True:
        if cursor.accept("*"):
            parts.append(None)
        elif cursor.token.kind is TokenKind.STRING:
            parts.append(string(cursor))
        elif cursor.token.kind is TokenKind.NAME:
            parts.append(_capture(cursor))
        elif parts:
            return tuple(parts)
        else:
            raise cursor.unexpected("a pattern")


def _capture(cursor: Cursor) -> Capture:
    name = cursor.take().text
    return Capture(name, type_name(cursor) if cursor.accept(":") else Kind.STRING)
