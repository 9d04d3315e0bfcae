"""Why a query has no answer. Positions are offsets into the text of the query, or None where there is none."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps


class QueryFailure(Exception):
    """A query that has no answer; ``at`` is where in its text."""

    def __init__(self, message: str, at: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.at = at


class SyntaxFailure(QueryFailure):
    """Text that is not the language: what was found, and what was expected there."""

    def __init__(self, at: int, token: str, expected: str) -> None:
        super().__init__("ParserFailure", at)
        self.token = token
        self.expected = expected


class UnsupportedFailure(QueryFailure):
    """An operator or statement that is not supported."""

    def __init__(self, at: int, token: str) -> None:
        super().__init__(f"'{token}' is not supported", at)
        self.token = token


class UnknownTable(QueryFailure):
    """A table that does not exist here."""

    def __init__(self, at: int, name: str) -> None:
        super().__init__(f"Table {name} is invalid, unsupported or disallowed.", at)
        self.name = name


class SemanticFailure(QueryFailure):
    """A name that resolves to nothing, or a value of a type that does not fit."""


class LimitFailure(QueryFailure):
    """A query that needs more than one query may have."""


class ResultTooLarge(LimitFailure):
    """A page that is larger than one answer may be."""


class TooSlow(QueryFailure):
    """A query that did not end in its time."""


class QueryDied(QueryFailure):
    """The process that answered a query ended without an answer: a fault of this service."""


class ServerGone(QueryDied):
    """The process that holds the rows has ended, and those that it had started with it."""


def limits_depth[**Given, Found](read: Callable[Given, Found]) -> Callable[Given, Found]:
    """Let a query that is nested deeper than Python's calls go be a LimitFailure.

    What is counted while a query is read bounds each kind of nesting for itself, and not what they come to together.
    """

    @wraps(read)
    def reading(*given: Given.args, **named: Given.kwargs) -> Found:
        try:
            return read(*given, **named)
        except RecursionError:
            raise LimitFailure("The query is nested too deep.") from None

    return reading
