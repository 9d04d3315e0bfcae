"""Advice about a base: says how many findings come from it, and no more than is known of a newer one."""

import pytest

from shared.domain.base_advice import base_advice, image_base
from shared.domain.base_images import BaseImage, BaseKind, NewerBase
from shared.domain.image_health import Health
from tests.support.examples import REGISTRY, digest

NEWER = NewerBase(REGISTRY, "debian", "12", digest(2), Health.HEALTHY)
OLD = BaseImage(BaseKind.IMAGE, 3, repository="debian", digest=digest(1))
MOVED = BaseImage(BaseKind.IMAGE, 3, repository="debian", digest=digest(1), newer=NEWER)
COME = "62 of 70 findings come from layers 1-3"


@pytest.mark.parametrize(
    ("base", "closes", "advice"),
    [
        (OLD, None, f"rebuild on a newer base image than debian@sha256:000000000000: {COME}"),
        (BaseImage(BaseKind.SHARED, 3), None, f"rebuild on a newer base image: {COME}"),
        (
            BaseImage(BaseKind.STATED, 3, stated_name="debian:12"),
            None,
            f"rebuild on a newer base image than debian:12: {COME}",
        ),
        (MOVED, 40, f"rebuild on debian:12 as it is now: {COME}, and 40 of them are not in it"),
        (MOVED, 0, f"wait for a newer debian:12: {COME}, and what it names now has them all"),
        (MOVED, None, f"rebuild on debian:12 as it is now, of which it is not known what it has: {COME}"),
        (
            BaseImage(BaseKind.STATED, 0, stated_name="debian:12"),
            None,
            "built on debian:12, as it says itself: which findings come from there is not known",
        ),
    ],
)
def test_the_advice_says_what_is_known(base: BaseImage, closes: int | None, advice: str) -> None:
    assert base_advice(base, 62, 70, closes) == advice


def test_one_is_told_in_the_singular() -> None:
    told = base_advice(BaseImage(BaseKind.SHARED, 1), 1, 1, None)
    assert told == "rebuild on a newer base image: 1 of 1 finding comes from layer 1"


def test_a_base_without_findings_is_not_to_be_changed() -> None:
    assert base_advice(OLD, 0, 2, None) == "none of 2 findings comes from layers 1-3"
    assert base_advice(OLD, 0, 0, None) == "no open findings"


def test_numbers_are_sums_over_severities_and_what_is_not_known_stays_unknown() -> None:
    made = image_base(MOVED, {"high": 2, "low": 1}, 5, {"high": 1})
    assert (made.findings, made.of_findings, made.closes) == (3, 5, 1)
    assert image_base(MOVED, {"high": 2}, 5, None).closes is None
