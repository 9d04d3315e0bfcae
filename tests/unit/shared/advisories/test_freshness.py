"""Advisories that nobody can read any more are not what makes an image healthy."""

from datetime import UTC, datetime, timedelta

from shared.advisories.freshness import confirmed, overdue
from shared.advisories.states import FeedState

NOW = datetime(2026, 11, 22, tzinfo=UTC)
WEEK = timedelta(days=7)


def state(ecosystem: str = "Debian", days: float = 0, **more: str) -> FeedState:
    when = (NOW - timedelta(days=days)).isoformat()
    return FeedState(ecosystem, "https://base", when, confirmed_at=when, **more)  # type: ignore[arg-type]


def test_a_feed_that_was_read_or_found_unchanged_is_confirmed_by_that() -> None:
    (found,) = confirmed([state(days=1)], [state(days=5)])
    assert found.confirmed_at == (NOW - timedelta(days=1)).isoformat()


def test_a_feed_that_failed_keeps_what_was_noted_before() -> None:
    feeds = [state(days=0, failure="gone"), state("npm", failure="gone")]
    assert [one.confirmed_at for one in confirmed(feeds, [state(days=5)])] == [state(days=5).confirmed_at, ""]


def test_an_ecosystem_whose_feed_is_late_is_named_with_the_day_of_its_advisories() -> None:
    feeds = [state(days=8, failure="gone"), state("PyPI", days=6.9), state("npm", days=30)]
    said = ("the advisories for Debian 12 are those of 2026-11-14: their feed cannot be read",)
    assert overdue(("Debian:12", "PyPI"), feeds, NOW, WEEK) == said


def test_a_feed_of_which_no_time_is_known_says_nothing() -> None:
    assert overdue(("Debian:12",), [FeedState("Debian", "base", NOW.isoformat(), "gone")], NOW, WEEK) == ()


def test_without_a_confirmation_the_day_counts_on_which_it_was_fetched() -> None:
    early = FeedState("Debian", "base", NOW.isoformat(), "gone", fetched_at=(NOW - WEEK - WEEK).isoformat())
    assert len(overdue(("Debian:12",), [early], NOW, WEEK)) == 1
