"""Which answer a path gets: a table of all operations, each with the versions of the API that it is part of."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from shared.api.arm.answers import assessments, scores, sub_assessments
from shared.api.arm.facts import Json
from shared.api.arm.requests import ArmRequest
from shared.api.arm.scopes import Scope, unknown_type
from shared.services.query_estate import Estate

_SUB_ASSESSMENTS = ("2019-01-01-preview",)
_ASSESSMENTS = ("2020-01-01", "2021-06-01", "2025-05-04")
_SCORES = ("2020-01-01",)
_ANY = "*"


class Operation(NamedTuple):
    """What is answered to one kind of path: ``answer`` is given what stands in the place of each ``*``."""

    path: str
    scopes: Callable[[Scope], bool]
    versions: tuple[str, ...]
    answer: Callable[..., Json]


def respond(request: ArmRequest, read: Callable[[], Estate]) -> Json:
    """Answer a request; ``read`` reads the estate, and is called once all else is right. Raise ApiError 400 or 404."""
    for operation in _OPERATIONS:
        named = _match(operation.path.split("/"), request.what)
        if named is not None and operation.scopes(request.scope):
            request.check_version(operation.versions)
            return operation.answer(request, read, *named)
    raise unknown_type("/".join(request.what))


def _match(path: list[str], what: list[str]) -> list[str] | None:
    """Return what stands in the place of each ``*``, or None where the path is another."""
    if len(path) != len(what):
        return None
    pairs = list(zip(path, what, strict=True))
    if any(wanted not in (_ANY, part.lower()) for wanted, part in pairs):
        return None
    return [part for wanted, part in pairs if wanted == _ANY]


def _any_scope(scope: Scope) -> bool:
    return True


def _subscription(scope: Scope) -> bool:
    return bool(scope.subscription) and not scope.group


def _no_resource(scope: Scope) -> bool:
    return not scope.group


_OPERATIONS = (
    Operation("subassessments", _any_scope, _SUB_ASSESSMENTS, sub_assessments.list_sub_assessments),
    Operation("assessments/*/subassessments", _any_scope, _SUB_ASSESSMENTS, sub_assessments.list_sub_assessments),
    Operation("assessments/*/subassessments/*", _any_scope, _SUB_ASSESSMENTS, sub_assessments.get_sub_assessment),
    Operation("assessments", _any_scope, _ASSESSMENTS, assessments.list_assessments),
    Operation("assessments/*", _any_scope, _ASSESSMENTS, assessments.get_assessment),
    Operation("assessmentmetadata", _no_resource, _ASSESSMENTS, assessments.list_metadata),
    Operation("assessmentmetadata/*", _no_resource, _ASSESSMENTS, assessments.get_metadata),
    Operation("securescores", _subscription, _SCORES, scores.list_scores),
    Operation("securescores/*", _subscription, _SCORES, scores.get_score),
    Operation("securescores/*/securescorecontrols", _subscription, _SCORES, scores.list_controls),
    Operation("securescorecontrols", _subscription, _SCORES, scores.list_controls),
    Operation("securescorecontroldefinitions", _no_resource, _SCORES, scores.list_definitions),
)
