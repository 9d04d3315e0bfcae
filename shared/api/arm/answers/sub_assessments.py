"""Answers about sub-assessments: all of a scope, those of one recommendation, or one."""

from __future__ import annotations

from collections.abc import Callable

from shared.api.arm.answers.assessments import recommendation_of
from shared.api.arm.facts import Json
from shared.api.arm.recommendations import Recommendation
from shared.api.arm.requests import ArmRequest
from shared.api.arm.sub_assessments import SubAssessments
from shared.api.arm.subjects import Subject, places, subject, subjects
from shared.api.errors import bad_request, not_found
from shared.api.paging import PageRequest, first_page
from shared.services.query_estate import Estate

_ORDER_PARTS = 5


def list_sub_assessments(request: ArmRequest, read: Callable[[], Estate], key: str = "") -> Json:
    """List findings, under one recommendation or under both; raise ApiError 400 or 404."""
    schemas = [recommendation_of(key)] if key else sorted(Recommendation)
    asked = request.page
    after = _position(asked)
    estate = read()
    found = (
        (one, schema)
        for one in subjects(estate, places(request.scope.registries(estate)), after[: _ORDER_PARTS - 1])
        for schema in schemas
        if _order((one, schema)) > after
    )
    shapes = SubAssessments(estate.threshold)
    cut = first_page(found, _order, asked)
    return cut | {"value": [shapes.resource(one, schema) for one, schema in cut["value"]]}


def get_sub_assessment(request: ArmRequest, read: Callable[[], Estate], key: str, name: str) -> Json:
    """Show one finding; raise ApiError 404."""
    schema = recommendation_of(key)
    estate = read()
    found = subject(estate, places(request.scope.registries(estate)), name)
    if found is None:
        raise not_found("SubAssessmentNotFound", f"No sub-assessment {name[:80]!a} is known.")
    return SubAssessments(estate.threshold).resource(found, schema)


def _position(asked: PageRequest) -> tuple[str, ...]:
    """Give the order of the last item of the page before; nothing before the first page."""
    after = asked.after
    if after is None:
        return ()
    if len(after) != _ORDER_PARTS or not all(isinstance(part, str) for part in after):
        raise bad_request(asked.token_name, "not a token of this list")
    return after


def _order(item: tuple[Subject, Recommendation]) -> tuple[str, ...]:
    one, schema = item
    return (*one.order, str(schema))
