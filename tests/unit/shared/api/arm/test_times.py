"""Times with seven digits."""

from datetime import UTC, datetime, timedelta, timezone

from shared.api.arm.times import seven_digits


def test_a_time_is_utc_with_seven_digits() -> None:
    east = timezone(timedelta(hours=2))
    assert seven_digits(datetime(2026, 11, 2, 12, 0, 5, 123456, east)) == "2026-11-02T10:00:05.1234560Z"
    assert seven_digits(datetime(2026, 11, 2, 10, 0, tzinfo=UTC)) == "2026-11-02T10:00:00.0000000Z"
    assert seven_digits(None) is None
