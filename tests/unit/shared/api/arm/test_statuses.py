"""Which findings count, and what the others say of themselves."""

from typing import Any

import pytest

from shared.api.arm.statuses import finding_status, severity_word
from shared.domain.severity import Severity
from tests.support.estates import judged
from tests.support.examples import finding


@pytest.mark.parametrize("severity", Severity)
def test_a_severity_is_one_of_four_words(severity: Severity) -> None:
    assert severity_word(severity) in ("Critical", "High", "Medium", "Low")


@pytest.mark.parametrize(
    ("severity", "changes", "rule", "code", "cause"),
    [
        (Severity.HIGH, {}, None, "Unhealthy", ""),
        (Severity.UNKNOWN, {}, None, "Unhealthy", ""),
        (Severity.MEDIUM, {}, None, "Unhealthy", ""),
        (Severity.LOW, {}, None, "NotApplicable", "BelowThreshold"),
        (Severity.NEGLIGIBLE, {}, None, "NotApplicable", "BelowThreshold"),
        (Severity.LOW, {"undetermined": "no version order"}, None, "Unhealthy", "Undetermined"),
        (Severity.HIGH, {"undetermined": "no version order"}, "r1", "NotApplicable", "Exempt"),
        (Severity.CRITICAL, {}, "r1", "NotApplicable", "Exempt"),
    ],
)
def test_a_finding_counts_unless_it_is_disabled_or_below_the_threshold(
    severity: Severity, changes: dict[str, Any], rule: str | None, code: str, cause: str
) -> None:
    status = finding_status(judged(finding(severity=severity, **changes), rule), Severity.MEDIUM)
    assert (status["code"], status["cause"], status["severity"]) == (code, cause, severity_word(severity))
    assert status["description"]
