"""Errors in the shape of Azure Resource Manager."""

import json

from shared.api.errors import ApiError, too_many_requests, unauthenticated


def test_details_are_shown_where_there_are_any() -> None:
    detail = {"code": "ParserFailure", "message": "ParserFailure", "line": 1}
    found = ApiError(400, "BadRequest", "wrong", details=[detail])
    assert json.loads(found.body()) == {"error": {"code": "BadRequest", "message": "wrong", "details": [detail]}}
    assert json.loads(ApiError(400, "BadRequest", "wrong").body()) == {
        "error": {"code": "BadRequest", "message": "wrong"}
    }


def test_a_caller_is_told_how_to_sign_in_and_how_long_to_wait() -> None:
    nobody, hasty = unauthenticated("no token"), too_many_requests("15 queries in 5 seconds", 3)
    assert (nobody.status, nobody.headers) == (401, {"WWW-Authenticate": "Bearer"})
    assert (hasty.status, hasty.code, hasty.headers) == (429, "RateLimiting", {"Retry-After": "3"})
