"""Query and route parameters."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.api import parameters
from shared.api.errors import ApiError
from shared.domain.image_health import Health
from shared.domain.references import parse_repository
from tests.support.examples import REGISTRY, START, digest, image_id


@pytest.mark.parametrize(
    "text",
    ["2026-11-02T10:00:00Z", "2026-11-02T12:00:00+02:00", "2026-11-02T12:00:00 02:00", "2026-11-02T10:00:00.000z"],
)
def test_a_time_is_read_in_utc(text: str) -> None:
    assert parameters.time("asOf", text) == START


@pytest.mark.parametrize(
    "text",
    [
        "now",
        "2026-11-02",
        "2026-11-02T10:00:00",
        "1762077600",
        "2026-13-01T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "\ud800",
    ],
)
def test_what_is_no_time_is_a_bad_request_that_names_the_parameter(text: str) -> None:
    with pytest.raises(ApiError, match="asOf: must") as refused:
        parameters.time("asOf", text)
    assert refused.value.status == 400
    assert "asOf" in refused.value.content()["error"]["message"]


@given(st.text())
def test_no_text_whatsoever_is_more_than_a_bad_request(text: str) -> None:
    for read in (
        lambda: parameters.time("t", text),
        lambda: parameters.as_of(text, START),
        lambda: parameters.month("m", text, START),
        lambda: parameters.one_of("h", text, Health, "healthy"),
        lambda: parameters.reference("r", text, parse_repository),
        lambda: parameters.image_id(text, text),
    ):
        assert _status(read) in (200, 400)


@pytest.mark.parametrize("minutes", [-1_000_000, 0, 5])
def test_a_time_of_the_past_is_taken_and_so_is_one_of_a_clock_that_is_a_little_fast(minutes: int) -> None:
    at = START + timedelta(minutes=minutes)
    assert parameters.as_of(at.isoformat(), START) == at


@pytest.mark.parametrize("text", ["2026-11-02T10:05:01Z", "2026-11-02T12:06:00+02:00", "9999-12-31T23:59:59Z"])
def test_a_time_of_the_future_is_a_bad_request_that_tells_the_time(text: str) -> None:
    with pytest.raises(ApiError, match="asOf: must not lie in the future: it is 2026-11-02T10:00:00Z") as refused:
        parameters.as_of(text, START)
    assert (refused.value.status, refused.value.code) == (400, "InvalidParameter")


def test_a_month_is_read_and_the_default_is_that_of_the_time() -> None:
    assert parameters.month("month", "2025-01", START) == "2025-01"
    assert parameters.month("month", None, datetime(2026, 12, 31, tzinfo=UTC)) == "2026-12"


@pytest.mark.parametrize("text", ["2026-13", "2026-1", "26-01", "2026-00", "2026-01-01", "٢٠٢٦-٠١"])
def test_what_is_no_month_is_a_bad_request(text: str) -> None:
    with pytest.raises(ApiError, match="month: must be a month"):
        parameters.month("month", text, START)


def test_one_of_several_words_is_read() -> None:
    assert parameters.one_of("health", "not-assessed", Health, "") is Health.NOT_ASSESSED
    with pytest.raises(ApiError, match="must be one of healthy, unhealthy"):
        parameters.one_of("health", "sick", Health, "healthy, unhealthy")


def test_what_is_not_given_is_none() -> None:
    assert parameters.time("asOf", None) is None
    assert parameters.as_of(None, START) is None
    assert parameters.time("asOf", "") is None
    assert parameters.one_of("health", None, Health, "") is None
    assert parameters.reference("repository", None, parse_repository) is None


def test_a_reference_and_an_image_are_of_the_strict_grammar() -> None:
    assert parameters.reference("repository", "team/app", parse_repository) == "team/app"
    assert parameters.image_id(REGISTRY, digest(1)) == image_id(1)
    with pytest.raises(ApiError, match="repository: not a valid repository"):
        parameters.reference("repository", "../x", parse_repository)
    with pytest.raises(ApiError, match="image: not a valid digest"):
        parameters.image_id(REGISTRY, "latest")


def _status(read: Callable[[], object]) -> int:
    try:
        read()
    except ApiError as refused:
        return refused.status
    return 200


def test_a_flag_is_true_or_false() -> None:
    told = [parameters.flag("fixable", text) for text in ("true", "false", "", None)]
    assert told == [True, False, None, None]


@pytest.mark.parametrize("text", ["True", "1", "yes", " true"])
def test_any_other_flag_is_refused(text: str) -> None:
    with pytest.raises(ApiError, match="fixable"):
        parameters.flag("fixable", text)


def test_words_are_taken_as_they_are_without_the_space_around_them() -> None:
    told = [parameters.words("package", text) for text in (" a b ", "%_*'\"", "x" * 1000, "  ", "", None)]
    assert told == ["a b", "%_*'\"", "x" * 1000, None, None, None]


@pytest.mark.parametrize("text", ["x" * 1001, "\ud800"])
def test_words_that_are_too_long_or_no_text_are_refused(text: str) -> None:
    with pytest.raises(ApiError, match="package"):
        parameters.words("package", text)
