"""Answers about sub-assessments: all of a scope, those of one recommendation, or one."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from shared.api.arm.answers.assessments import recommendation_of
from shared.api.arm.facts import Json
from shared.api.arm.recommendations import Recommendation
from shared.api.arm.requests import ArmRequest
from shared.api.arm.sub_assessments import SubAssessments
from shared.api.arm.subjects import Subject, places, subject, subjects
from shared.api.errors import not_found
from shared.api.paging import first_page
from shared.services.query_estate import Estate


class Position(NamedTuple):
    """Where a sub-assessment stands in a list."""

    login_server: str
    repository: str
    digest: str
    name: str
    schema: str


def list_sub_assessments(request: ArmRequest, read: Callable[[], Estate], key: str = "") -> Json:
    """List findings, under one recommendation or under both; raise ApiError 400 or 404."""
    schemas = [recommendation_of(key)] if key else sorted(Recommendation)
    asked = request.page
    after = asked.position(Position)
    estate = read()
    found = (
        (one, schema)
        for one in subjects(estate, places(request.scope.registries(estate)), after[:-1] if after else ())
        for schema in schemas
        if after is None or _position((one, schema)) > after
    )
    shapes = SubAssessments(estate)
    cut = first_page(found, _position, asked)
    return cut | {"value": [shapes.resource(one, schema) for one, schema in cut["value"]]}


def get_sub_assessment(request: ArmRequest, read: Callable[[], Estate], key: str, name: str) -> Json:
    """Show one finding; raise ApiError 404."""
    schema = recommendation_of(key)
    estate = read()
    found = subject(estate, places(request.scope.registries(estate)), name)
    if found is None:
        raise not_found("SubAssessmentNotFound", f"No sub-assessment {name[:80]!a} is known.")
    return SubAssessments(estate).resource(found, schema)


def _position(item: tuple[Subject, Recommendation]) -> Position:
    one, schema = item
    return Position(*one.order, schema)
