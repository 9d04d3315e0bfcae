"""HTTP answers, and the one place where errors become status codes."""

import json
import logging

import azure.functions as func
import pytest

from functions.answers import answer, answers
from shared.api.errors import ApiError
from shared.domain.failures import FailureReason, ScanFailure
from shared.domain.references import InvalidReference
from shared.domain.rule_book import InvalidRule, RuleNotFound
from shared.services.query_estate import FindingsUnreadable
from shared.services.query_images import ImageNotFound


def answered(error: Exception) -> tuple[int, dict[str, str]]:
    @answers
    def handler(req: func.HttpRequest) -> func.HttpResponse:
        raise error

    made = handler(func.HttpRequest("GET", "https://host/api/x", body=b""))
    assert made.mimetype == "application/json"
    return made.status_code, json.loads(made.get_body())["error"]


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (ApiError(418, "Teapot", "short"), 418, "Teapot"),
        (ImageNotFound("no image"), 404, "ImageNotFound"),
        (FindingsUnreadable("lost"), 500, "FindingsUnreadable"),
        (RuleNotFound("no rule"), 404, "RuleNotFound"),
        (InvalidRule("no reason"), 400, "InvalidParameter"),
        (InvalidReference("no tag"), 400, "InvalidParameter"),
        (ScanFailure(FailureReason.MANIFEST_MISSING, "gone"), 404, "ManifestMissing"),
        (ScanFailure(FailureReason.LAYER_CORRUPT, "torn"), 422, "LayerCorrupt"),
    ],
)
def test_a_typed_error_has_its_status_and_code(error: Exception, status: int, code: str) -> None:
    found = answered(error)
    assert (found[0], found[1]["code"]) == (status, code)
    assert found[1]["message"] == (error.message if isinstance(error, ApiError | ScanFailure) else str(error))


def test_an_error_brings_its_details_and_headers() -> None:
    @answers
    def handler(req: func.HttpRequest) -> func.HttpResponse:
        raise ApiError(429, "RateLimiting", "wait", details=[{"code": "x"}], headers={"Retry-After": "3"})

    made = handler(func.HttpRequest("GET", "https://host/api/x", body=b""))
    assert made.headers["Retry-After"] == "3"
    assert json.loads(made.get_body())["error"]["details"] == [{"code": "x"}]


def test_any_other_error_is_logged_and_tells_the_caller_nothing(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        status, error = answered(RuntimeError("the key is hunter2"))
    assert (status, error["code"]) == (500, "InternalError")
    assert "hunter2" not in error["message"]
    assert "hunter2" in caplog.text


def test_an_answer_is_kept_by_no_cache_and_read_as_nothing_else() -> None:
    made = answer({"a": 1}, 202, {"Location": "/x"})
    assert (made.status_code, json.loads(made.get_body())) == (202, {"a": 1})
    assert made.headers["Cache-Control"] == "no-store"
    assert made.headers["X-Content-Type-Options"] == "nosniff"
    assert made.headers["Location"] == "/x"
