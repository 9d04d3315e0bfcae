"""The status of a registry and the score: nothing unknown makes them better."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.api.arm.secure_score import secure_score, secure_score_control
from shared.api.arm.tally import Tally
from shared.domain.image_health import Health
from shared.services.query_estate import RegistryImages
from tests.support.estates import RESOURCE, SUBSCRIPTION, health

HEALTHS = st.lists(st.sampled_from(Health), max_size=30)


def registry(healths: list[Health]) -> list[RegistryImages]:
    return [RegistryImages(RESOURCE, tuple(health(number, one) for number, one in enumerate(healths)))]


@pytest.mark.parametrize(
    ("tally", "code", "cause"),
    [
        (Tally(1, 1, 1, 1), "Unhealthy", ""),
        (Tally(1, 0, 1, 1), "Unhealthy", "NotAssessed"),
        (Tally(0, 0, 1, 0), "Unhealthy", "NotAssessed"),
        (Tally(1, 0, 0, 1), "Healthy", ""),
        (Tally(0, 0, 0, 1), "NotApplicable", "Unsupported"),
        (Tally(0, 0, 0, 0), "NotApplicable", "NoImages"),
    ],
)
def test_a_registry_is_healthy_only_if_every_supported_image_is(tally: Tally, code: str, cause: str) -> None:
    assert (tally.status["code"], tally.status["cause"]) == (code, cause)


@given(HEALTHS)
def test_six_points_are_reached_only_if_every_supported_image_is_healthy(healths: list[Health]) -> None:
    found = secure_score(SUBSCRIPTION, registry(healths))["properties"]
    counted = [one for one in healths if one is not Health.UNSUPPORTED]
    assert 0 <= found["score"]["current"] <= found["score"]["max"] == 6
    assert (found["score"]["current"] == 6) == (bool(counted) and set(counted) == {Health.HEALTHY})
    assert (found["score"]["percentage"] == 1) == (found["score"]["current"] == 6)
    assert found["weight"] == len(counted)


def test_one_bad_image_among_very_many_is_still_seen() -> None:
    many = Tally(healthy=1_000_000, unhealthy=1, not_assessed=0, unsupported=0)
    assert many.healthy_share(10_000) == 9_999
    assert many.healthy_share(600) == 599


@given(HEALTHS, st.integers(0, 29))
def test_an_image_whose_scan_fails_never_raises_the_score(healths: list[Health], place: int) -> None:
    before = secure_score(SUBSCRIPTION, registry(healths))["properties"]["score"]["current"]
    failed = [Health.NOT_ASSESSED if number == place else one for number, one in enumerate(healths)]
    changed = [one for number, one in enumerate(healths) if number == place and one is Health.UNSUPPORTED]
    after = secure_score(SUBSCRIPTION, registry(failed))["properties"]["score"]["current"]
    assert after <= before or changed


def test_the_control_counts_images_that_are_not_assessed_with_the_unhealthy_ones() -> None:
    healths = [Health.HEALTHY, Health.UNHEALTHY, Health.NOT_ASSESSED, Health.UNSUPPORTED]
    found = secure_score_control(SUBSCRIPTION, registry(healths))["properties"]
    counts = [found[f"{kind}ResourceCount"] for kind in ("healthy", "unhealthy", "notApplicable")]
    assert (counts, found["weight"]) == ([1, 2, 1], 3)
    assert found["score"] == {"max": 6, "current": 2.0, "percentage": 0.3333}
    assert "definition" not in found
