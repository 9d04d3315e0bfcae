"""The secure score: of one control, worth six points, which are shared out among all images that count.

A control earns ``maximum x healthy / (healthy + unhealthy)``, see "Secure score in Defender for Cloud",
https://learn.microsoft.com/azure/defender-for-cloud/secure-score-security-controls. Resources are images here.
"""

from __future__ import annotations

from collections.abc import Iterable

from shared.api.arm.facts import Json
from shared.api.arm.recommendations import Recommendation
from shared.api.arm.tally import Tally
from shared.api.caveats import caveat_property
from shared.services.query_estate import RegistryImages

SCORE_NAME = "ascScore"
_CONTROL = "e7a6c1f0-4d0e-5f7c-9a0b-2b6f1d5f3c84"
_MAXIMUM = 6
_TITLE = "Remediate vulnerabilities"


def secure_score(subscription_id: str, registries: Iterable[RegistryImages], caveat: str = "") -> Json:
    """Give the score of a subscription with its registries; ``caveat`` is what has to be known of it."""
    tally = _tally(registries)
    return {
        "id": _score_id(subscription_id),
        "name": SCORE_NAME,
        "type": "Microsoft.Security/secureScores",
        "properties": {
            "displayName": "ASC score",
            "score": score(tally),
            "weight": tally.counted,
            **caveat_property(caveat),
        },
    }


def secure_score_control(
    subscription_id: str, registries: Iterable[RegistryImages], caveat: str = "", *, definition: bool = False
) -> Json:
    """Give the only control of the score."""
    tally = _tally(registries)
    found = {
        "displayName": _TITLE,
        "healthyResourceCount": tally.healthy,
        "unhealthyResourceCount": tally.unhealthy + tally.not_assessed,
        "notApplicableResourceCount": tally.unsupported,
        "score": score(tally),
        "weight": tally.counted,
        **caveat_property(caveat),
    }
    if definition:
        found["definition"] = control_definition()
    return {
        "id": f"{_score_id(subscription_id)}/secureScoreControls/{_CONTROL}",
        "name": _CONTROL,
        "type": "Microsoft.Security/secureScores/secureScoreControls",
        "properties": found,
    }


def _tally(registries: Iterable[RegistryImages]) -> Tally:
    return Tally.of(image for registry in registries for image in registry.images)


def _score_id(subscription_id: str) -> str:
    return f"/subscriptions/{subscription_id}/providers/Microsoft.Security/secureScores/{SCORE_NAME}"


def score(tally: Tally) -> Json:
    """Give the points that images earn: how many, of how many, and their share, 0 to 1."""
    current, percentage = tally.healthy_share(_MAXIMUM * 100) / 100, tally.healthy_share(10_000) / 10_000
    return {"max": _MAXIMUM, "current": current, "percentage": percentage}


def control_definition() -> Json:
    """Give what the control is about."""
    keys = [{"id": f"/providers/Microsoft.Security/assessmentMetadata/{key}"} for key in Recommendation]
    return {
        "id": f"/providers/Microsoft.Security/secureScoreControlDefinitions/{_CONTROL}",
        "name": _CONTROL,
        "type": "Microsoft.Security/secureScoreControlDefinitions",
        "properties": {
            "source": {"sourceType": "BuiltIn"},
            "displayName": _TITLE,
            "description": "Resolve what is known of the packages in container images.",
            "maxScore": _MAXIMUM,
            "assessmentDefinitions": keys,
        },
    }
