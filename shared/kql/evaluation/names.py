"""The names of columns to which a query gives none, as Kusto makes them."""

from __future__ import annotations

from collections.abc import Collection

from shared.kql.functions.conversions import KEEPS_NAME
from shared.kql.syntax import Call, Element, Expression, Literal, Member, Name

_KEEPING = KEEPS_NAME | {"bin", "floor", "ceiling", "round", "startofday", "startofweek", "startofmonth", "startofyear"}


def natural_name(node: Expression) -> str:
    """Return the name that a column has by itself: its own, or that of its path; empty where it has none."""
    match node:
        case Name():
            return node.text
        case Member():
            return _joined(natural_name(node.target), node.key)
        case Element(key=Literal(value=value)):
            return _joined(natural_name(node.target), str(value))
        case Call(arguments=(first, *_)) if node.function in _KEEPING:
            return natural_name(first)
    return ""


def _joined(before: str, after: str) -> str:
    return f"{before}_{after}" if before else ""


def free_name(wanted: str, taken: Collection[str]) -> str:
    """Return a name, with the first number behind it that makes it a new one where it is taken."""
    if wanted not in taken:
        return wanted
    number = 1
    while f"{wanted}{number}" in taken:
        number += 1
    return f"{wanted}{number}"


def numbered_name(taken: Collection[str]) -> str:
    """Return the name of a column that has none by itself: ``Column1`` and so on."""
    return free_name("Column", {"Column", *taken})
