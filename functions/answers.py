"""HTTP answers: who may have them, JSON bodies, and the one place where errors become status codes."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Mapping
from typing import Any

import azure.functions as func
import msgspec

from functions.caller import admit
from shared.api.caveats import caveat_headers, with_caveat
from shared.api.errors import ApiError
from shared.domain.failures import FailureReason, ScanFailure
from shared.domain.openvex_plan import DocumentOutdated
from shared.domain.plan import InvalidPlanChange
from shared.domain.references import InvalidReference
from shared.domain.roles import Role
from shared.domain.rule_book import InvalidRule, RuleChanged, RuleNotFound
from shared.services.commands import RequestConflict
from shared.services.compare_images import NotComparable
from shared.services.kept_reports import ReportNotKept
from shared.services.query_estate import FindingsUnreadable
from shared.services.query_images import ImageNotFound
from shared.services.query_scan_result import NotScanned
from shared.services.request_scan import PlanIsOff
from shared.services.supposing import NoSuchSnapshot
from shared.services.what_if import TooManyImages, WhatIfTooLong

_log = logging.getLogger(__name__)

type Handler = Callable[[func.HttpRequest], func.HttpResponse]

_READING = ("GET", "HEAD")

_FAILURE_STATUS: Mapping[FailureReason, int] = {
    FailureReason.REGISTRY_NOT_ALLOWED: 403,
    FailureReason.MANIFEST_MISSING: 404,
    FailureReason.UNAUTHORIZED: 502,
    FailureReason.REGISTRY_UNREACHABLE: 502,
    FailureReason.NETWORK_REFUSED: 502,
    FailureReason.REGISTRY_ERROR: 502,
}

_KNOWN: Mapping[type[Exception], tuple[int, str]] = {
    InvalidReference: (400, "InvalidParameter"),
    InvalidPlanChange: (400, "InvalidParameter"),
    InvalidRule: (400, "InvalidParameter"),
    ImageNotFound: (404, "ImageNotFound"),
    RuleNotFound: (404, "RuleNotFound"),
    NoSuchSnapshot: (404, "NoSuchSnapshot"),
    NotComparable: (409, "NotComparable"),
    NotScanned: (409, "NotScanned"),
    PlanIsOff: (409, "PlanIsOff"),
    RequestConflict: (409, "RequestConflict"),
    RuleChanged: (409, "RuleChanged"),
    DocumentOutdated: (409, "DocumentOutdated"),
    WhatIfTooLong: (409, "WhatIfTooLong"),
    ReportNotKept: (410, "ReportNotKept"),
    TooManyImages: (413, "TooManyImages"),
    FindingsUnreadable: (500, "FindingsUnreadable"),
}


def answer(
    body: Any, status: int = 200, headers: Mapping[str, str] | None = None, *, caveat: str = ""
) -> func.HttpResponse:
    """Make a JSON answer; nothing of it may be kept by a cache or read as another type.

    ``caveat`` is what has to be known of all of it.
    """
    told = {**caveat_headers(caveat), **(headers or {})}
    return func.HttpResponse(
        msgspec.json.encode(with_caveat(body, caveat)),
        status_code=status,
        mimetype="application/json",
        headers={"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", **told},
    )


def attachment(content: bytes, media_type: str, name: str, *, caveat: str = "") -> func.HttpResponse:
    """Make an answer that is a file to keep; ``name`` is of letters, digits, dots and dashes."""
    headers = {
        "Content-Type": media_type,
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        **caveat_headers(caveat),
    }
    return func.HttpResponse(content, headers=headers)


def answers(handler: Handler) -> Handler:
    """Guard a handler: Security Readers may read; whatever is no GET needs a Security Admin."""

    def admitted(req: func.HttpRequest) -> func.HttpResponse:
        admit(req, Role.READER if req.method in _READING else Role.ADMIN)
        return handler(req)

    return answers_anybody(functools.wraps(handler)(admitted))


def answers_readers(handler: Handler) -> Handler:
    """Guard a handler that only reads although it is asked by POST."""

    def admitted(req: func.HttpRequest) -> func.HttpResponse:
        admit(req, Role.READER)
        return handler(req)

    return answers_anybody(functools.wraps(handler)(admitted))


def answers_anybody(handler: Handler) -> Handler:
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
            return answer(known.content(), known.status, known.headers)

    return answering


def _as_api_error(error: Exception) -> ApiError | None:
    if isinstance(error, ApiError):
        return error
    if isinstance(error, ScanFailure):
        return ApiError(_FAILURE_STATUS.get(error.reason, 422), _code(error.reason), error.message)
    known = next((one for kind, one in _KNOWN.items() if isinstance(error, kind)), None)
    return ApiError(*known, str(error)) if known else None


def _code(reason: FailureReason) -> str:
    return "".join(word.capitalize() for word in reason.split("-"))
