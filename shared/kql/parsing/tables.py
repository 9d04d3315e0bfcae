"""``join`` and ``union``: operators over several tables."""

from __future__ import annotations

from shared.kql.failures import UnsupportedFailure
from shared.kql.parsing.cursor import Cursor
from shared.kql.parsing.expressions import expression
from shared.kql.syntax import Binary, Expression, Join, Member, Name, Pipeline, Source, Union

KINDS = ("innerunique", "inner", "leftouter", "fullouter")
"""The kinds of join that there are."""


def join(cursor: Cursor, at: int) -> Join:
    """Take ``join`` without its name."""
    kind = "innerunique"
    while cursor.at("kind", "hint") and cursor.ahead(1).text in ("=", "."):
        kind = _option(cursor, kind)
    right = _leg(cursor)
    cursor.expect("on")
    return Join(at, kind, right, cursor.list_of(lambda: _condition(cursor)))


def _option(cursor: Cursor, kind: str) -> str:
    if cursor.take().text == "hint":
        # Hints tell a cluster how to share the work; the answer is the same.
        cursor.expect(".")
        cursor.name()
        cursor.expect("=")
        cursor.name()
        return kind
    cursor.expect("=")
    token = cursor.name()
    if token.text not in KINDS:
        raise UnsupportedFailure(token.at, f"join kind={token.text}")
    return token.text


def _leg(cursor: Cursor) -> Pipeline:
    from shared.kql.parsing.query import pipeline

    if cursor.accept("("):
        with cursor.deeper():
            inside = pipeline(cursor)
        cursor.expect(")")
        return inside
    name = cursor.name()
    return Pipeline(Source(name.text, name.at), ())


def _condition(cursor: Cursor) -> tuple[Expression, Expression]:
    at = cursor.token.at
    found = expression(cursor)
    match found:
        case Name():
            return found, found
        case Binary(
            operator="==", left=Member(target=Name(text=one)) as left, right=Member(target=Name(text=other)) as right
        ):
            sides = {one: Name(left.at, left.key), other: Name(right.at, right.key)}
            if sides.keys() == {"$left", "$right"}:
                return sides["$left"], sides["$right"]
    raise UnsupportedFailure(at, "join on")


def union(cursor: Cursor, at: int) -> Union:
    """Take ``union`` without its name."""
    inner, source = False, None
    while cursor.at("kind", "withsource", "isfuzzy") and cursor.ahead(1).text == "=":
        option = cursor.take().text
        cursor.take()
        value = cursor.expect("inner", "outer") if option == "kind" else cursor.name()
        inner = value.text == "inner" if option == "kind" else inner
        source = value.text if option == "withsource" else source
    return Union(at, cursor.list_of(lambda: _leg(cursor)), inner, source)
