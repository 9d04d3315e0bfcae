"""``mv-expand`` and ``mv-apply``."""

from __future__ import annotations

from shared.kql.lexer import TokenKind
from shared.kql.parsing.cursor import Cursor
from shared.kql.parsing.expressions import named, type_argument
from shared.kql.parsing.literals import number
from shared.kql.syntax import Apply, Expand, Expansion


def mv_expand(cursor: Cursor, at: int) -> Expand:
    """Take ``mv-expand`` without its name."""
    arrays = _kind(cursor)
    index = _index(cursor)
    columns = cursor.list_of(lambda: _expansion(cursor))
    return Expand(at, columns, arrays, index, _limit(cursor))


def mv_apply(cursor: Cursor, at: int) -> Apply:
    """Take ``mv-apply`` without its name."""
    from shared.kql.parsing.query import steps

    index = _index(cursor)
    columns = cursor.list_of(lambda: _expansion(cursor))
    most = _limit(cursor)
    cursor.expect("on")
    cursor.expect("(")
    with cursor.deeper():
        inside = steps(cursor, first=True)
    cursor.expect(")")
    return Apply(at, columns, inside, index, most)


def _kind(cursor: Cursor) -> bool:
    if not (cursor.at("kind", "bagexpansion") and cursor.ahead(1).text == "="):
        return False
    cursor.take()
    cursor.expect("=")
    return cursor.expect("bag", "array").text == "array"


def _index(cursor: Cursor) -> str | None:
    if not (cursor.at("with_itemindex") and cursor.ahead(1).text == "="):
        return None
    cursor.take()
    cursor.expect("=")
    return cursor.name().text


def _expansion(cursor: Cursor) -> Expansion:
    column = named(cursor)
    if cursor.accept("to"):
        return Expansion(column, type_argument(cursor))
    return Expansion(column, None)


def _limit(cursor: Cursor) -> int | None:
    if not cursor.accept("limit"):
        return None
    if cursor.token.kind is not TokenKind.NUMBER:
        raise cursor.unexpected("a number")
    return int(number(cursor.take()).value)
