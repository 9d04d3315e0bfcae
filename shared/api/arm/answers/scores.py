"""Answers about the secure score of a subscription and its control."""

from __future__ import annotations

from collections.abc import Callable

from shared.api.arm.facts import Json
from shared.api.arm.requests import ArmRequest
from shared.api.arm.secure_score import SCORE_NAME, control_definition, secure_score, secure_score_control
from shared.api.errors import not_found
from shared.services.query_estate import Estate


def list_scores(request: ArmRequest, read: Callable[[], Estate]) -> Json:
    """List the one secure score; raise ApiError 404."""
    return {"value": [get_score(request, read, SCORE_NAME)]}


def get_score(request: ArmRequest, read: Callable[[], Estate], name: str) -> Json:
    """Show the secure score; raise ApiError 404."""
    _check(name)
    estate = read()
    registries = request.scope.registries(estate)
    return secure_score(_subscription(request, estate), registries, estate.caveats.everywhere)


def list_controls(request: ArmRequest, read: Callable[[], Estate], name: str = SCORE_NAME) -> Json:
    """List the one control of the score; raise ApiError 400 or 404."""
    _check(name)
    expand = request.expand("definition")
    estate = read()
    registries = request.scope.registries(estate)
    control = secure_score_control(
        _subscription(request, estate), registries, estate.caveats.everywhere, definition="definition" in expand
    )
    return {"value": [control]}


def list_definitions(request: ArmRequest, read: Callable[[], Estate]) -> Json:
    """List what the one control is about."""
    return {"value": [control_definition()]}


def _subscription(request: ArmRequest, estate: Estate) -> str:
    """Give the subscription of a request as it is written elsewhere."""
    wanted = request.scope.subscription.lower()
    return next(name for name in estate.subscriptions if name.lower() == wanted)


def _check(name: str) -> None:
    if name.lower() != SCORE_NAME.lower():
        raise not_found("SecureScoreNotFound", f"The only secure score is '{SCORE_NAME}'.")
