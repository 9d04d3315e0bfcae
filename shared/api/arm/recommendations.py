"""The two recommendations under which findings are published, and what they say about themselves.

Both are about the same findings. The keys and the display names are those that queries and scripts look for.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

_DESCRIPTION = (
    "Plimsoll scans the images of a registry for packages with known vulnerabilities. Resolving what it finds makes"
    " containers harder to attack."
)
_REMEDIATION = (
    "Rebuild unhealthy images with the fixed versions that their findings name, push them, and take the old ones out"
    " of use. Findings that do not apply can be disabled by a rule, with a reason."
)


class Recommendation(StrEnum):
    """The assessment keys, by the schema that their sub-assessments have."""

    CLASSIC = "dbd0cb49-b563-45e7-9724-889e799fa648"
    DETAILED = "c0b7cfc6-3172-465a-b378-53c7ff2cc0d5"

    @property
    def display_name(self) -> str:
        """The name that is shown, and that scripts look for."""
        return _DISPLAY_NAMES[self]

    @property
    def metadata(self) -> dict[str, Any]:
        """The properties of the recommendation's metadata."""
        return {
            "displayName": self.display_name,
            "assessmentType": "BuiltIn",
            "description": _DESCRIPTION,
            "remediationDescription": _REMEDIATION,
            "categories": ["Container"],
            "severity": "High",
            "userImpact": "Low",
            "implementationEffort": "Moderate",
            "threats": ["MaliciousInsider", "ThreatResistance"],
            "preview": False,
        }


def recommendation(key: str) -> Recommendation | None:
    """Return the recommendation of an assessment key, whose case does not matter; None for another."""
    lower = key.lower()
    return Recommendation(lower) if lower in Recommendation else None


_DISPLAY_NAMES = {
    Recommendation.CLASSIC: "Container registry images should have vulnerability findings resolved",
    Recommendation.DETAILED: "Azure registry container images should have vulnerabilities resolved",
}
