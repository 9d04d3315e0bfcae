"""Severity classes, and what the public rating scales map to."""

from enum import StrEnum


class Severity(StrEnum):
    """How bad a finding is; the order of the members is from worst to least."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    NEGLIGIBLE = "negligible"
    UNKNOWN = "unknown"

    @property
    def rank(self) -> int:
        """Give a number for ordering: 0 is the worst; unknown ranks with low, never below it."""
        return _RANK[self]

    def at_least(self, threshold: "Severity") -> bool:
        """Say whether this severity reaches the threshold; ``unknown`` always does (DESIGN: unknown counts)."""
        return self is Severity.UNKNOWN or self.rank <= threshold.rank


_RANK = {
    Severity.CRITICAL: 0,
    Severity.HIGH: 1,
    Severity.MEDIUM: 2,
    Severity.LOW: 3,
    Severity.UNKNOWN: 4,
    Severity.NEGLIGIBLE: 5,
}


def from_cvss_score(score: float) -> Severity:
    """Map a CVSS base score, 0.0 to 10.0, to its class (CVSS v3.1 specification, section 5)."""
    if score >= 9.0:
        return Severity.CRITICAL
    if score >= 7.0:
        return Severity.HIGH
    if score >= 4.0:
        return Severity.MEDIUM
    return Severity.LOW if score > 0.0 else Severity.NEGLIGIBLE
