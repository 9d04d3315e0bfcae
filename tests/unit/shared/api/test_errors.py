"""Errors in the shape of Azure Resource Manager."""

from shared.api.errors import ApiError, too_many_requests


def test_details_are_shown_where_there_are_any() -> None:
    detail = {"code": "ParserFailure", "message": "ParserFailure", "line": 1}
    found = ApiError(400, "BadRequest", "wrong", details=[detail])
    assert found.content() == {"error": {"code": "BadRequest", "message": "wrong", "details": [detail]}}
    assert ApiError(400, "BadRequest", "wrong").content() == {"error": {"code": "BadRequest", "message": "wrong"}}


def test_a_hasty_caller_is_told_how_long_to_wait() -> None:
    hasty = too_many_requests("15 queries in 5 seconds", 3)
    assert (hasty.status, hasty.code, hasty.headers) == (429, "RateLimiting", {"Retry-After": "3"})
