"""The OpenAPI 3.1 document of the native API (https://spec.openapis.org/oas/v3.1.1.html)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache

import msgspec

from shared.api.caveats import ABOUT, CAVEAT, CAVEAT_HEADER
from shared.api.openapi.bodies import ErrorBody
from shared.api.openapi.interface import Answer, Json, Operation, Parameter
from shared.api.openapi.operations import OPERATIONS
from shared.api.openapi.parameters import OF_PATHS
from shared.api.openapi.schemas import schema_of, schemas_received, schemas_sent
from shared.services.query_status import VERSION

_KEYS = {
    "functionKey": {"type": "apiKey", "in": "header", "name": "x-functions-key"},
    "functionCode": {"type": "apiKey", "in": "query", "name": "code"},
}
_CAVEAT = {CAVEAT: {"type": "string", "description": ABOUT}}
_ALWAYS = {
    403: ("AuthorizationFailed", "The caller has no role that allows this."),
    500: ("InternalError", "The request failed; the log of the function app says why."),
}


@cache
def openapi_document() -> Json:
    """Give the document; nothing in it depends on the request."""
    told = [answer for one in OPERATIONS for answer in one.answers.values()]
    sent = {sent for answer in told for sent in answer.types} | {ErrorBody}
    cautious = {answer.body for answer in told if answer.caveat and answer.body and not answer.listed}
    received = {one.body for one in OPERATIONS if one.body}
    schemas = schemas_sent(_by_name(sent)) | schemas_received(_by_name(received))
    for body in cautious:
        schemas[body.__name__]["properties"] |= _CAVEAT
    document = {
        "openapi": "3.1.1",
        "info": {
            "title": "Plimsoll",
            "version": VERSION,
            "description": "What is wrong with the images of container registries, and what to do about it.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "security": [{name: []} for name in (*_KEYS,)] + [{}],
        "paths": _paths(OPERATIONS),
        "components": {"schemas": dict(sorted(schemas.items())), "securitySchemes": _KEYS},
    }
    # Types have defaults that are no JSON, such as tuples.
    return dict(msgspec.json.decode(msgspec.json.encode(document)))


def _by_name(types: Iterable[type]) -> list[type]:
    return sorted(types, key=lambda one: one.__name__)


def _paths(operations: Iterable[Operation]) -> Json:
    paths: Json = {}
    for one in operations:
        paths.setdefault(one.path, {})[one.method] = _operation(one)
    return paths


def _operation(one: Operation) -> Json:
    named = tuple(OF_PATHS[name] for name in re.findall(r"\{(\w+)\}", one.path))
    described: Json = {
        "operationId": one.name,
        "summary": one.summary,
        "parameters": [_parameter(parameter) for parameter in (*named, *one.parameters)],
        "responses": _responses(one),
    }
    if one.body:
        content = {"schema": schema_of(one.body), "example": one.example}
        described["requestBody"] = {"required": True, "content": {"application/json": content}}
    return described


def _parameter(one: Parameter) -> Json:
    example = {} if one.example is None else {"example": one.example}
    required = {"required": True} if one.required or one.where == "path" else {}
    return {
        "name": one.name,
        "in": one.where,
        "description": one.about,
        "schema": dict(one.schema),
        **required,
        **example,
    }


def _responses(one: Operation) -> Json:
    failures = {status: _failure(code, about) for status, (code, about) in (_ALWAYS | dict(one.errors)).items()}
    if one.body:
        failures[415] = _failure("UnsupportedMediaType", "Send the body as application/json.")
    told: Mapping[int, Answer] = {**failures, **one.answers}
    responses: Json = {str(status): _response(answer) for status, answer in sorted(told.items())}
    return {**responses, "401": {"description": "The key is missing or wrong, or nobody is signed in."}}


def _failure(code: str, about: str) -> Answer:
    return Answer(about, ErrorBody, example={"error": {"code": code, "message": about}})


def _response(answer: Answer) -> Json:
    schema = (
        _listed(answer.body, answer.besides, _CAVEAT if answer.caveat else {})
        if answer.body and answer.listed
        else schema_of(answer.body)
        if answer.body
        else {}
    )
    example = {} if answer.example is None else {"example": answer.example}
    headers = {
        name: {"description": about, "schema": {"type": "string"}, "required": True}
        for name, about in answer.headers.items()
    }
    if answer.caveat:
        headers[CAVEAT_HEADER] = {"description": ABOUT, "schema": {"type": "string"}, "required": False}
    return {
        "description": answer.about,
        "content": {media_type: {"schema": schema, **example} for media_type in answer.media_types},
        **({"headers": headers} if headers else {}),
    }


def _listed(body: type, besides: Mapping[str, type], more: Json) -> Json:
    """Give the schema of a page of a list."""
    return {
        "type": "object",
        "properties": {
            "value": {"type": "array", "items": schema_of(body)},
            "nextLink": {"type": "string", "format": "uri", "description": "The next page, if there is one."},
            **{name: schema_of(one) for name, one in besides.items()},
            **more,
        },
        "required": ["value"],
        "additionalProperties": False,
    }
