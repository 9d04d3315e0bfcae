"""Recommendations as the native API shows them: each under the recommendation that clients of Azure know."""

from __future__ import annotations

from typing import Any

import msgspec

from shared.api.arm import recommendations
from shared.domain.recommendations import LeftOut, Recommendation


class ParentRecommendation(msgspec.Struct, frozen=True):
    """What all recommendations are about: the assessment key, and what its metadata say."""

    id: str
    name: str
    description: str
    remediation: str


_METADATA = recommendations.Recommendation.DETAILED.metadata
PARENT = ParentRecommendation(
    id=recommendations.Recommendation.DETAILED,
    name=_METADATA["displayName"],
    description=_METADATA["description"],
    remediation=_METADATA["remediationDescription"],
)


def recommendation_body(made: Recommendation) -> dict[str, Any]:
    """Give a recommendation with its parent."""
    return {**msgspec.to_builtins(made), "parent": msgspec.to_builtins(PARENT)}


def left_out_body(left_out: LeftOut | None) -> dict[str, Any]:
    """Give what nothing is recommended for; nothing where that is nothing."""
    return {"leftOut": msgspec.to_builtins(left_out)} if left_out else {}
