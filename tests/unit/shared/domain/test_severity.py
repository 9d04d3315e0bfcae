"""Severity classes and their order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.severity import Severity, from_cvss_score


def test_the_members_are_ordered_and_unknown_never_ranks_below_negligible() -> None:
    ranked = sorted(Severity, key=lambda severity: severity.rank)
    assert [str(one) for one in ranked] == ["critical", "high", "medium", "low", "unknown", "negligible"]


@given(st.sampled_from(Severity))
def test_unknown_reaches_every_threshold(threshold: Severity) -> None:
    assert Severity.UNKNOWN.at_least(threshold)


@pytest.mark.parametrize(
    ("score", "severity"),
    [
        (10.0, "critical"),
        (9.0, "critical"),
        (8.9, "high"),
        (7.0, "high"),
        (6.9, "medium"),
        (4.0, "medium"),
        (3.9, "low"),
        (0.1, "low"),
        (0.0, "negligible"),
    ],
)
def test_a_score_maps_to_the_class_of_the_cvss_specification(score: float, severity: str) -> None:
    assert from_cvss_score(score) == severity


@given(st.floats(0, 10), st.floats(0, 10))
def test_a_higher_score_is_never_less_severe(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert from_cvss_score(high).rank <= from_cvss_score(low).rank
