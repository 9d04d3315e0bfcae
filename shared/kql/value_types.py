"""The types of values, and how they are held.

A string is a str and never null; a number an int or float; a datetime and a timespan are ticks of 100 nanoseconds, from
0001-01-01 UTC and from nothing. A dynamic is what JSON holds. Null is None.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """The type of a column or expression, by Kusto's name."""

    BOOL = "bool"
    LONG = "long"
    REAL = "real"
    STRING = "string"
    DATETIME = "datetime"
    TIMESPAN = "timespan"
    DYNAMIC = "dynamic"


type Value = Any
type Schema = dict[str, Kind]
type SlotPath = tuple[str, ...]
"""A column, and the names of slots below it."""

NUMBERS = frozenset({Kind.LONG, Kind.REAL})

NAMES: dict[str, Kind] = {
    **{kind.value: kind for kind in Kind},
    **dict.fromkeys(("boolean",), Kind.BOOL),
    **dict.fromkeys(("int", "int32", "int64"), Kind.LONG),
    **dict.fromkeys(("double", "decimal"), Kind.REAL),
    **dict.fromkeys(("guid", "uuid"), Kind.STRING),
    **dict.fromkeys(("date",), Kind.DATETIME),
    **dict.fromkeys(("time",), Kind.TIMESPAN),
}
"""The types by every name that a query may use for them."""


def null_of(kind: Kind) -> Value:
    """Return what a missing value of a type is: the empty string, or null."""
    return "" if kind is Kind.STRING else None
