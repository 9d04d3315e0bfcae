"""NCRONTAB, checked against days counted one by one."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from local.host.schedule import BadSchedule, Schedule


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("expression", "after", "following"),
    [
        ("0 */5 * * * *", "2026-01-01T00:00:00", "2026-01-01T00:05:00"),
        ("*/5 * * * *", "2026-01-01T00:01:30", "2026-01-01T00:05:00"),
        ("*/2 * * * * *", "2026-01-01T00:00:01", "2026-01-01T00:00:02"),
        ("0 30 9 * * Mon-Fri", "2026-01-02T10:00:00", "2026-01-05T09:30:00"),
        ("0 30 9 * Jan Mon", "2026-01-27T00:00:00", "2027-01-04T09:30:00"),
        ("0 0 5 * * Sunday", "2026-01-01T00:00:00", "2026-01-04T05:00:00"),
        ("0 0 0 13 * 5", "2026-01-01T00:00:00", "2026-02-13T00:00:00"),
        ("0 0 0 29 2 *", "2026-01-01T00:00:00", "2028-02-29T00:00:00"),
        ("5,8,10 0 10-12/2 1 * *", "2026-01-01T10:00:08", "2026-01-01T10:00:10"),
        ("0 0 0 1 january *", "2026-01-01T00:00:00", "2027-01-01T00:00:00"),
        ("00:00:30", "2026-01-01T00:00:01", "2026-01-01T00:00:31"),
        ("1.00:00:00", "2026-01-01T00:00:01", "2026-01-02T00:00:01"),
    ],
)
def test_the_next_time_is_right(expression: str, after: str, following: str) -> None:
    assert Schedule(expression).next_after(at(after)) == at(following)


def test_random_days_of_month_and_week_must_both_match() -> None:
    chosen = random.Random(1)
    for _ in range(100):
        days, months, weekdays = (_some(chosen, *span) for span in ((1, 28), (1, 12), (0, 6)))
        expression = f"0 0 0 {_joined(days)} {_joined(months)} {_joined(weekdays)}"
        start = at("2026-01-01T12:00:00") + timedelta(days=chosen.randrange(1000))
        assert Schedule(expression).next_after(start) == _first_day(start, days, months, weekdays), expression


def _some(chosen: random.Random, lowest: int, highest: int) -> list[int]:
    return chosen.sample(range(lowest, highest + 1), chosen.randint(1, highest - lowest))


def _joined(values: list[int]) -> str:
    return ",".join(str(value) for value in values)


def _first_day(start: datetime, days: list[int], months: list[int], weekdays: list[int]) -> datetime:
    day = start.replace(hour=0) + timedelta(days=1)
    while day.day not in days or day.month not in months or day.isoweekday() % 7 not in weekdays:
        day += timedelta(days=1)
    return day


def test_random_times_match_second_by_second() -> None:
    chosen = random.Random(2)
    for _ in range(50):
        seconds, minutes = (_some(chosen, 0, 59)[:4] for _ in range(2))
        start = at("2026-03-04T05:06:07") + timedelta(seconds=chosen.randrange(100000))
        moment = start + timedelta(seconds=1)
        while moment.second not in seconds or moment.minute not in minutes:
            moment += timedelta(seconds=1)
        assert Schedule(f"{_joined(seconds)} {_joined(minutes)} * * * *").next_after(start) == moment


def test_a_day_that_never_comes_has_no_next_time() -> None:
    assert Schedule("0 0 0 31 2 *").next_after(at("2026-01-01T00:00:00")) is None


@pytest.mark.parametrize(
    "expression",
    [
        *("", "* * * *", "* * * * * * *", "@daily", "x * * * * *", "60 * * * * *", "* 60 * * * *", "* * 24 * * *"),
        *("* * * 0 * *", "* * * 32 * *", "* * * * 13 *", "* * * * * 7", "* * * * * FRI-MON", "5-1 * * * * *"),
        *("* * * L * *", "* * * * * MON#1", "? * * * * *", "*/0 * * * * *", "H * * * * *", "1- * * * * *"),
        *("25:00:00", "00:60:00", "00:00:00", "1:2:3:4", "* * * ² * *"),
    ],
)
def test_what_is_not_ncrontab_is_refused(expression: str) -> None:
    with pytest.raises(BadSchedule):
        Schedule(expression)


@pytest.mark.parametrize(
    ("expression", "is_frequent"),
    [
        ("*/30 * * * * *", True),
        ("0,30 0 12 * * *", True),
        ("00:00:59", True),
        ("00:01:00", False),
        ("0 * * * * *", False),
        ("0 0 5 * * 1", False),
        ("0 0 0 31 2 *", False),
    ],
)
def test_schedules_below_a_minute_are_frequent(expression: str, is_frequent: bool) -> None:
    assert Schedule(expression).is_frequent is is_frequent
