"""Times as whole numbers, which are exact and can be compared: microseconds since 1970."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
LATER = 1 << 62  # than every time


def microseconds(at: datetime) -> int:
    """Give a time as a whole number."""
    return (at - _EPOCH) // _MICROSECOND


def time_of(number: int) -> datetime:
    """Give the time that a whole number stands for."""
    return _EPOCH + number * _MICROSECOND
