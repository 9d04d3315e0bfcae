"""HTTP answers: JSON bodies, and the one place where errors become status codes."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Mapping
from typing import Any

import azure.functions as func
import msgspec

from shared.api.errors import ApiError
from shared.domain.failures import FailureReason, ScanFailure
from shared.domain.references import InvalidReference
from shared.domain.rule_book import InvalidRule, RuleNotFound
from shared.services.kept_reports import ReportNotKept
from shared.services.query_estate import FindingsUnreadable
from shared.services.query_images import ImageNotFound
from shared.services.request_scan import RequestConflict

_log = logging.getLogger(__name__)

type Handler = Callable[[func.HttpRequest], func.HttpResponse]

_FAILURE_STATUS: Mapping[FailureReason, int] = {
    FailureReason.REGISTRY_NOT_ALLOWED: 403,
    FailureReason.MANIFEST_MISSING: 404,
    FailureReason.UNAUTHORIZED: 502,
    FailureReason.REGISTRY_UNREACHABLE: 502,
    FailureReason.REGISTRY_ERROR: 502,
}


def answer(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> func.HttpResponse:
    """Make a JSON answer; nothing of it may be kept by a cache or read as another type."""
    return func.HttpResponse(
        msgspec.json.encode(body),
        status_code=status,
        mimetype="application/json",
        headers={"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", **(headers or {})},
    )


def answers(handler: Handler) -> Handler:
    """Turn the typed errors of a handler into ``{"error": {"code", "message"}}``; anything else is a 500."""

    @functools.wraps(handler)
    def answering(req: func.HttpRequest) -> func.HttpResponse:
        try:
            return handler(req)
        except Exception as error:
            known = _as_api_error(error)
            if known is None:
                _log.exception("%s %s failed", req.method, req.url)
                known = ApiError(500, "InternalError", "the request failed; the log of the function app says why")
            return answer(known.content, known.status, known.headers)

    return answering


def _as_api_error(error: Exception) -> ApiError | None:
    match error:
        case ApiError():
            return error
        case ImageNotFound():
            return ApiError(404, "ImageNotFound", str(error))
        case ReportNotKept():
            return ApiError(410, "ReportNotKept", str(error))
        case FindingsUnreadable():
            return ApiError(500, "FindingsUnreadable", str(error))
        case RuleNotFound():
            return ApiError(404, "RuleNotFound", str(error))
        case InvalidRule() | InvalidReference():
            return ApiError(400, "InvalidParameter", str(error))
        case RequestConflict():
            return ApiError(409, "RequestConflict", str(error))
        case ScanFailure():
            return ApiError(_FAILURE_STATUS.get(error.reason, 422), _code(error.reason), error.message)
        case _:
            return None


def _code(reason: FailureReason) -> str:
    return "".join(word.capitalize() for word in reason.split("-"))
