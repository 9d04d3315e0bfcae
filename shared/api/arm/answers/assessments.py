"""Answers about assessments and their metadata."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from shared.api.arm.assessments import assessment, assessment_metadata
from shared.api.arm.facts import Json
from shared.api.arm.recommendations import Recommendation, recommendation
from shared.api.arm.requests import ArmRequest
from shared.api.errors import not_found
from shared.api.paging import page
from shared.services.query_estate import Estate, RegistryImages

_EXPAND = ("links", "metadata")


def list_assessments(request: ArmRequest, read: Callable[[], Estate]) -> Json:
    """List the assessments of all registries of a scope; raise ApiError 400 or 404."""
    asked, shape = request.page, _shape(request)
    estate = read()
    found = [shape(estate, one, key) for one in request.scope.registries(estate) for key in Recommendation]
    return page(sorted(found, key=_by_id), _by_id, asked)


def get_assessment(request: ArmRequest, read: Callable[[], Estate], key: str) -> Json:
    """Show an assessment of a registry; raise ApiError 400 or 404."""
    wanted, shape = recommendation_of(key), _shape(request)
    estate = read()
    registries = request.scope.registries(estate)
    if not request.scope.registry:
        raise not_found("AssessmentNotFound", "Assessments are of registries: ask for one by its resource id.")
    return shape(estate, registries[0], wanted)


def list_metadata(request: ArmRequest, read: Callable[[], Estate]) -> Json:
    """List what the recommendations say about themselves."""
    return {"value": [assessment_metadata(key) for key in Recommendation]}


def get_metadata(request: ArmRequest, read: Callable[[], Estate], key: str) -> Json:
    """Show what a recommendation says about itself; raise ApiError 404."""
    return assessment_metadata(recommendation_of(key))


def recommendation_of(key: str) -> Recommendation:
    """Return the recommendation of an assessment key; raise ApiError 404."""
    found = recommendation(key)
    if found is None:
        raise not_found("AssessmentNotFound", f"No assessment {key[:80]!a} is known.")
    return found


def _shape(request: ArmRequest) -> Callable[[Estate, RegistryImages, Recommendation], Json]:
    expand = request.expand(*_EXPAND)
    parts = urlsplit(request.url)
    portal = f"{parts.scheme}://{parts.netloc}/" if "links" in expand else ""

    def shape(estate: Estate, registry: RegistryImages, key: Recommendation) -> Json:
        caveat = estate.caveats.of(registry.resource.login_server)
        return assessment(registry, key, caveat, portal, metadata="metadata" in expand)

    return shape


def _by_id(found: Json) -> tuple[str]:
    return (found["id"],)
