"""The operators of a pipeline, each by its name."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from shared.kql.failures import SyntaxFailure, UnsupportedFailure
from shared.kql.lexer import Token, TokenKind
from shared.kql.parsing.cursor import Cursor
from shared.kql.parsing.expansions import mv_apply, mv_expand
from shared.kql.parsing.expressions import expression, named
from shared.kql.parsing.patterns import parse, parse_where
from shared.kql.parsing.tables import join, union
from shared.kql.syntax import (
    Choose,
    Count,
    Distinct,
    Extend,
    Key,
    Named,
    Operator,
    Project,
    Rename,
    Sort,
    Star,
    Summarize,
    Take,
    Where,
)


def operator(cursor: Cursor) -> Operator | None:
    """Take an operator, or nothing for one that changes nothing; raise SyntaxFailure or UnsupportedFailure."""
    name, token = _operator_name(cursor)
    if name not in OPERATORS:
        raise UnsupportedFailure(token.at, name)
    return OPERATORS[name](cursor, token.at)


def _operator_name(cursor: Cursor) -> tuple[str, Token]:
    """Take the name of an operator, which may hold hyphens."""
    first = cursor.token
    if first.kind is not TokenKind.NAME:
        raise cursor.unexpected("an operator")
    cursor.take()
    name, end = first.text, first.end
    while cursor.at("-") and cursor.token.at == end and cursor.ahead(1).kind is TokenKind.NAME:
        cursor.take()
        part = cursor.take()
        name, end = f"{name}-{part.text}", part.end
    return name, first


def _where(cursor: Cursor, at: int) -> Where:
    return Where(at, expression(cursor))


def _extend(cursor: Cursor, at: int) -> Extend:
    return Extend(at, cursor.list_of(lambda: named(cursor)))


def _project(cursor: Cursor, at: int) -> Project:
    return Project(at, cursor.list_of(lambda: named(cursor)))


def _choose(how: str) -> Callable[[Cursor, int], Choose]:
    def take(cursor: Cursor, at: int) -> Choose:
        found = cursor.list_of(lambda: _pattern(cursor))
        return Choose(at, how, tuple((text, place) for text, place, _ in found), tuple(order for *_, order in found))

    return take


def _pattern(cursor: Cursor) -> tuple[str, int, str]:
    """Take a name in which ``*`` stands for anything, and how its columns are to be ordered."""
    at, end, text = cursor.token.at, cursor.token.at, ""
    if cursor.at("["):
        text = cursor.column()
    else:
        while (cursor.at("*") or cursor.token.kind in (TokenKind.NAME, TokenKind.NUMBER)) and cursor.token.at == end:
            end = cursor.token.end
            text += cursor.take().text
    if not text:
        raise cursor.unexpected("a column")
    order = cursor.accept("asc", "desc", "granny-asc", "granny-desc")
    return text, at, order.text if order else ""


def _rename(cursor: Cursor, at: int) -> Rename:
    from shared.kql.syntax import Name

    def one() -> tuple[str, Name]:
        new = cursor.column()
        cursor.expect("=")
        place = cursor.token.at
        return new, Name(place, cursor.column())

    return Rename(at, cursor.list_of(one))


def _summarize(cursor: Cursor, at: int) -> Summarize:
    _no_hints(cursor)
    aggregates: tuple[Named, ...] = ()
    if not cursor.at("by"):
        aggregates = cursor.list_of(lambda: named(cursor))
    by = cursor.list_of(lambda: named(cursor)) if cursor.accept("by") else ()
    return Summarize(at, aggregates, by)


def _no_hints(cursor: Cursor) -> None:
    if cursor.at("hint") and cursor.ahead(1).text == ".":
        raise SyntaxFailure(cursor.token.at, cursor.token.text, "an expression")


def _distinct(cursor: Cursor, at: int) -> Distinct:
    if cursor.at("*"):
        return Distinct(at, (Named((), Star(cursor.take().at)),))
    return Distinct(at, cursor.list_of(lambda: named(cursor)))


def _sort(cursor: Cursor, at: int) -> Sort:
    cursor.expect("by")
    return Sort(at, cursor.list_of(lambda: _key(cursor)))


def _top(cursor: Cursor, at: int) -> Sort:
    most = expression(cursor)
    cursor.expect("by")
    return Sort(at, (_key(cursor),), most)


def _key(cursor: Cursor) -> Key:
    value = expression(cursor)
    order = cursor.accept("asc", "desc")
    ascending = order is not None and order.text == "asc"
    nulls_first = ascending
    if cursor.accept("nulls"):
        nulls_first = cursor.expect("first", "last").text == "first"
    return Key(value, ascending, nulls_first)


def _take(cursor: Cursor, at: int) -> Take:
    return Take(at, expression(cursor))


def _count(_cursor: Cursor, at: int) -> Count:
    return Count(at)


def _render(cursor: Cursor, _at: int) -> None:
    """Take what says how to draw the answer, which is the client's affair."""
    while not cursor.at("|", ";") and cursor.token.kind is not TokenKind.END:
        cursor.take()


OPERATORS: Mapping[str, Callable[[Cursor, int], Operator | None]] = {
    "where": _where,
    "filter": _where,
    "extend": _extend,
    "project": _project,
    "project-away": _choose("away"),
    "project-keep": _choose("keep"),
    "project-reorder": _choose("reorder"),
    "project-rename": _rename,
    "summarize": _summarize,
    "distinct": _distinct,
    "order": _sort,
    "sort": _sort,
    "top": _top,
    "take": _take,
    "limit": _take,
    "count": _count,
    "mv-expand": mv_expand,
    "mvexpand": mv_expand,
    "mv-apply": mv_apply,
    "join": join,
    "union": union,
    "parse": parse,
    "parse-where": parse_where,
    "render": _render,
}
"""How each operator is read, by its name."""
