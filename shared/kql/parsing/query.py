"""A whole query: statements, and the pipeline that gives the answer."""

from __future__ import annotations

from shared.kql.failures import LimitFailure, UnsupportedFailure, limits_depth
from shared.kql.lexer import TokenKind
from shared.kql.limits import QUERY_BYTES
from shared.kql.parsing.cursor import Cursor
from shared.kql.parsing.expressions import expression, named
from shared.kql.parsing.operators import OPERATORS, operator
from shared.kql.parsing.tables import union
from shared.kql.syntax import Let, Operator, Pipeline, Print, Query, Source, Union

DEFAULT_TABLE = "Resources"
"""The table of a query that begins with an operator."""

_STATEMENTS = ("set", "declare", "alias", "restrict", "pattern")


@limits_depth
def parse_query(text: str) -> Query:
    """Read a query; raise SyntaxFailure, UnsupportedFailure or LimitFailure."""
    if len(text.encode("utf-8", "surrogatepass")) > QUERY_BYTES:
        raise LimitFailure(f"The query is longer than {QUERY_BYTES} bytes.")
    cursor = Cursor(text)
    lets = []
    while cursor.at("let"):
        lets.append(_let(cursor))
        cursor.expect(";")
    found = pipeline(cursor)
    while cursor.accept(";"):
        pass
    if cursor.token.kind is not TokenKind.END:
        raise cursor.unexpected("|")
    return Query(tuple(lets), found)


def _let(cursor: Cursor) -> Let:
    cursor.take()
    name = cursor.name().text
    cursor.expect("=")
    return Let(name, pipeline(cursor) if _is_tabular(cursor) else expression(cursor))


def _is_tabular(cursor: Cursor) -> bool:
    """Say whether rows come next: a name that a pipe or the end of the statement follows, or brackets around one."""
    by = 0
    while cursor.ahead(by).text == "(":
        by += 1
    first, after = cursor.ahead(by), cursor.ahead(by + 1)
    if first.kind is not TokenKind.NAME or first.text in ("true", "false"):
        return False
    return (
        after.text == "|" or (first.text in ("print", "union") and after.text != "(") or (by == 0 and after.text == ";")
    )


def pipeline(cursor: Cursor) -> Pipeline:
    """Take rows and what is done with them."""
    token = cursor.token
    if cursor.accept("("):
        with cursor.deeper():
            inside = pipeline(cursor)
        cursor.expect(")")
        return Pipeline(inside.source, (*inside.steps, *steps(cursor)))
    if token.kind is not TokenKind.NAME and not cursor.at("["):
        raise cursor.unexpected("a table")
    if token.text in _STATEMENTS and cursor.ahead(1).kind is TokenKind.NAME:
        raise UnsupportedFailure(token.at, token.text)
    if _begins_with_operator(cursor):
        return Pipeline(Source(DEFAULT_TABLE, token.at), steps(cursor, first=True))
    return Pipeline(_source(cursor), steps(cursor))


def _begins_with_operator(cursor: Cursor) -> bool:
    token, after = cursor.token, cursor.ahead(1)
    if token.text == "union" or token.kind is not TokenKind.NAME:
        return False
    hyphenated = after.text == "-" and after.at == token.end
    return (
        token.text in OPERATORS and after.kind is not TokenKind.END and after.text not in ("|", ";", ")")
    ) or hyphenated


def _source(cursor: Cursor) -> Source | Print | Union:
    token = cursor.token
    if token.text == "print" and cursor.ahead(1).text not in ("|", ""):
        cursor.take()
        return Print(cursor.list_of(lambda: named(cursor)), token.at)
    if token.text == "union" and cursor.ahead(1).text not in ("|", ""):
        cursor.take()
        return union(cursor, token.at)
    name = cursor.column()
    if cursor.at("("):
        raise UnsupportedFailure(token.at, name)
    return Source(name, token.at)


def steps(cursor: Cursor, *, first: bool = False) -> tuple[Operator, ...]:
    """Take ``| operator`` as often as it comes; ``first`` if no pipe is before the first one."""
    found: list[Operator] = []
    begun = not first
    while not begun or cursor.accept("|"):
        begun = True
        step = operator(cursor)
        if step is not None:
            found.append(step)
    return tuple(found)
