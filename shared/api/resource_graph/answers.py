"""Answers and errors of Resource Graph as its clients read them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from shared.api.errors import ApiError
from shared.api.resource_graph.requests import GraphRequest
from shared.kql.failures import (
    LimitFailure,
    QueryFailure,
    ResultTooLarge,
    SemanticFailure,
    SyntaxFailure,
    TooSlow,
    UnknownTable,
    UnsupportedFailure,
)
from shared.kql.sandbox.orders import Answered, Facet
from shared.services.query_quota import Quota

type Json = dict[str, Any]

CORRELATION = "x-ms-correlation-request-id"
_TYPES = {"bool": "boolean", "long": "integer", "real": "number", "dynamic": "object"}
_INVALID = {
    "code": "InvalidQuery",
    "message": "Query is invalid. Please refer to the documentation for the Azure Resource Graph service and fix the"
    " error before retrying.",
}


def answer_body(request: GraphRequest, found: Answered, version: str) -> Json:
    """Give the body of an answer.

    A token of the next page is only given where rows have an id; where they have none, ``resultTruncated`` says that
    there are more.
    """
    order = request.order
    columns = [{"name": name, "type": _type(kind, version)} for name, kind in found.columns]
    page = msgspec.Raw(found.page)
    more = order.skip + found.count < found.total
    resumable = any(name == "id" for name, _ in found.columns)
    body: Json = {
        "totalRecords": found.total,
        "count": found.count,
        "data": {"columns": columns, "rows": page} if order.table else page,
        "facets": [_facet(one) for one in found.facets],
        "resultTruncated": "true" if more and not resumable else "false",
    }
    if more and resumable:
        body["$skipToken"] = request.token(order.skip + found.count)
    return body


def _type(kind: str, version: str) -> str:
    if kind == "datetime":
        return "datetime" if version >= "2024" else "string"
    return _TYPES.get(kind, "string")


def _facet(facet: Facet) -> Json:
    if not facet.found:
        message = f"Invalid column names: [{facet.expression}]."
        errors = [
            {"code": "NoValidColumns", "message": "No valid columns in facet expression."},
            {"code": "InvalidColumnNames", "message": message},
        ]
        return {"expression": facet.expression, "resultType": "FacetError", "errors": errors}
    return {
        "expression": facet.expression,
        "resultType": "FacetResult",
        "totalRecords": facet.total,
        "count": len(facet.rows),
        "data": facet.rows,
    }


def headers(quota: Quota) -> dict[str, str]:
    """Give the headers that tell a caller what is left."""
    return {
        "x-ms-user-quota-remaining": str(quota.remaining),
        "x-ms-user-quota-resets-after": f"00:00:{quota.resets_after:02}",
        CORRELATION: str(uuid.uuid4()),
    }


def failure(error: QueryFailure, text: str, at: datetime, sent: Mapping[str, str]) -> ApiError:
    """Give the error that a client gets for a query without an answer, with the headers of every answer."""
    told = f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond * 10:07}Z"
    message = (
        f"Please provide below info when asking for support: timestamp = {told}, correlationId = {sent[CORRELATION]}."
    )
    match error:
        case ResultTooLarge():
            status, code, details = 400, "ResponsePayloadTooLarge", [_detail("ResponsePayloadTooLarge", error.message)]
        case TooSlow():
            status, code, details = 504, "GatewayTimeout", [_detail("GatewayTimeout", error.message)]
        case UnknownTable():
            status, code, details = 400, "BadRequest", [_detail("DisallowedLogicalTableName", error.message)]
        case SyntaxFailure() | UnsupportedFailure() | LimitFailure() | SemanticFailure():
            status, code, details = 400, "BadRequest", [_INVALID, _placed(error, text)]
        case _:
            told = "The query could not be executed; the log of the function app says why."
            status, code, details = (
                500,
                "UnexpectedQueryExecutionError",
                [_detail("UnexpectedQueryExecutionError", told)],
            )
    return ApiError(status, code, message, details=details, headers=sent)


def _detail(code: str, message: str) -> Json:
    return {"code": code, "message": message}


def _placed(error: QueryFailure, text: str) -> Json:
    """Give the detail that tells where in the query something is wrong."""
    match error:
        case UnsupportedFailure():
            nowhere = {"line": -1, "characterPositionInLine": -1, "token": error.token}
            return {**_detail("InvalidQueryLanguage", error.message), **nowhere}
        case SyntaxFailure():
            code, tokens = "ParserFailure", {"token": error.token, "expectedToken": error.expected}
        case LimitFailure():
            code, tokens = "QueryLimitExceeded", {}
        case _:
            code, tokens = "InvalidQuery", {}
    place: Json = {}
    if error.at is not None:
        before = text[: error.at]
        place = {"line": before.count("\n") + 1, "characterPositionInLine": error.at - (before.rfind("\n") + 1)}
    return {**_detail(code, error.message), **place, **tokens}
