"""Failures of queries as they cross the border of the sandbox."""

from __future__ import annotations

from shared.kql.failures import (
    LimitFailure,
    QueryFailure,
    ResultTooLarge,
    SemanticFailure,
    SyntaxFailure,
    UnknownTable,
    UnsupportedFailure,
)
from shared.kql.sandbox.orders import Failed


def packed(failure: QueryFailure) -> Failed:
    """Pack a failure."""
    token = getattr(failure, "token", "") or getattr(failure, "name", "")
    return Failed(type(failure).__name__, failure.message, failure.at, token, getattr(failure, "expected", ""))


def unpacked(failed: Failed) -> QueryFailure:
    """Make the failure again."""
    at = failed.at or 0
    match failed.kind:
        case "SyntaxFailure":
            return SyntaxFailure(at, failed.token, failed.expected)
        case "UnsupportedFailure":
            return UnsupportedFailure(at, failed.token)
        case "UnknownTable":
            return UnknownTable(at, failed.token)
        case "SemanticFailure":
            return SemanticFailure(failed.message, failed.at)
        case "ResultTooLarge":
            return ResultTooLarge(failed.message)
        case "LimitFailure":
            return LimitFailure(failed.message, failed.at)
    return QueryFailure(failed.message, failed.at)
