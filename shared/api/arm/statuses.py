"""The status of a finding: whether it counts, and if not, why."""

from __future__ import annotations

from shared.domain.image_health import JudgedFinding
from shared.domain.severity import Severity
from shared.services.query_caveats import joined

# Clients know these four words only, and count by them: what is not known to be less counts with the lowest.
_WORDS = {
    Severity.CRITICAL: "Critical",
    Severity.HIGH: "High",
    Severity.MEDIUM: "Medium",
    Severity.LOW: "Low",
    Severity.UNKNOWN: "Low",
    Severity.NEGLIGIBLE: "Low",
}


def severity_word(severity: Severity) -> str:
    """Give the word of a status for a severity: one of four."""
    return _WORDS[severity]


def with_caveat(status: dict[str, str], caveat: str) -> dict[str, str]:
    """Add what has to be known of a status to its description; code and cause stay what they are."""
    return status | {"description": joined(status["description"], caveat)}


def finding_status(judged: JudgedFinding, threshold: Severity) -> dict[str, str]:
    """Say whether a finding counts: one that a rule disables, or that is below the threshold, is not applicable."""
    finding = judged.finding
    status = {"code": "NotApplicable", "cause": "", "severity": severity_word(finding.severity), "description": ""}
    if judged.disabled_by is not None:
        return status | {"cause": "Exempt", "description": f"Disabled by rule {judged.disabled_by}"}
    if finding.undetermined is not None:
        return status | {"code": "Unhealthy", "cause": "Undetermined", "description": finding.undetermined}
    if not finding.severity.at_least(threshold):
        why = f"Severity {finding.severity} is below {threshold}, from which on findings count"
        return status | {"cause": "BelowThreshold", "description": why}
    return status | {"code": "Unhealthy", "description": "The resource is unhealthy"}
