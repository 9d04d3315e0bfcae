"""Times and spans of time as texts; both are ticks of 100 nanoseconds."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

TICKS = 10_000_000
"""Ticks of a second."""

MINUTE, HOUR, DAY = 60 * TICKS, 3600 * TICKS, 86400 * TICKS
_EPOCH = datetime(1, 1, 1, tzinfo=UTC)
MOST_TICKS = 3_155_378_976_000_000_000 - 1
"""The last tick of the year 9999."""

_DATETIME = re.compile(
    r"(?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})(?:-(?P<day>[0-9]{1,2})"
    r"(?:[T ](?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:\.(?P<fraction>[0-9]{1,9}))?)?)?)?"
    r"\s*(?P<zone>Z|[+-][0-9]{2}:?[0-9]{2})?",
    re.IGNORECASE | re.ASCII,
)
_TIMESPAN = re.compile(
    r"(?P<sign>-)?(?:(?P<days>[0-9]{1,8})\.)?(?P<hours>[0-9]{1,2}):(?P<minutes>[0-9]{1,2})"
    r"(?::(?P<seconds>[0-9]{1,2})(?:\.(?P<fraction>[0-9]{1,7}))?)?",
    re.ASCII,
)
_DAYS = re.compile(r"(-)?([0-9]{1,8})", re.ASCII)
_WITH_UNIT = re.compile(r"(-)?([0-9]{1,12}(?:\.[0-9]{1,9})?)\s*([a-z]+)", re.ASCII)
_UNITS = (
    (DAY, ("d", "day", "days")),
    (HOUR, ("h", "hr", "hrs", "hour", "hours")),
    (MINUTE, ("m", "min", "mins", "minute", "minutes")),
    (TICKS, ("s", "sec", "secs", "second", "seconds")),
    (TICKS // 1000, ("ms", "milli", "millis", "millisecond", "milliseconds")),
    (10, ("us", "micro", "micros", "microsecond", "microseconds")),
    (1, ("tick", "ticks")),
    (0.01, ("ns", "nano", "nanos", "nanosecond", "nanoseconds")),
)
_TICKS_OF = {name: ticks for ticks, names in _UNITS for name in names}


def unit_ticks(unit: str) -> float:
    """Return the ticks of a unit such as ``d``; raise KeyError."""
    return _TICKS_OF[unit]


def parse_datetime(text: str) -> int | None:
    """Read a time, in UTC where it says no zone; None where it is none."""
    found = _DATETIME.fullmatch(text.strip())
    if found is None:
        return None
    try:
        part = {name: int(found[name] or 0) for name in ("year", "month", "hour", "minute", "second")}
        at = datetime(**part, day=int(found["day"] or 1), tzinfo=UTC)
    except ValueError:
        return None
    ticks = datetime_ticks(at) + int(((found["fraction"] or "") + "0000000")[:7]) - _offset(found["zone"] or "Z")
    return ticks if 0 <= ticks <= MOST_TICKS else None


def _offset(zone: str) -> int:
    if zone in "Zz":
        return 0
    ticks = int(zone[1:3]) * HOUR + int(zone[-2:]) * MINUTE
    return -ticks if zone[0] == "-" else ticks


def parse_timespan(text: str) -> int | None:
    """Read a span such as ``1.02:03:04.5``, ``3`` (days) or ``4h``; None where it is none."""
    text = text.strip()
    if days := _DAYS.fullmatch(text):
        return _signed(days[1], int(days[2]) * DAY)
    if named := _WITH_UNIT.fullmatch(text):
        unit = _TICKS_OF.get(named[3])
        return None if unit is None else _signed(named[1], int(float(named[2]) * unit))
    found = _TIMESPAN.fullmatch(text)
    if found is None:
        return None
    hours, minutes, seconds = (int(found[name] or 0) for name in ("hours", "minutes", "seconds"))
    if hours > 23 or minutes > 59 or seconds > 59:
        return None
    ticks = int(found["days"] or 0) * DAY + hours * HOUR + minutes * MINUTE + seconds * TICKS
    return _signed(found["sign"], ticks + int(((found["fraction"] or "") + "0000000")[:7]))


def _signed(sign: str | None, ticks: int) -> int:
    return -ticks if sign else ticks


def datetime_ticks(at: datetime) -> int:
    """Return the ticks of a time."""
    since = at - _EPOCH
    return (since.days * 86400 + since.seconds) * TICKS + since.microseconds * 10


def ticks_datetime(ticks: int) -> datetime:
    """Return the time of ticks, cut to microseconds."""
    return _EPOCH + timedelta(microseconds=ticks // 10)


def datetime_text(ticks: int) -> str:
    """Write a time with seven digits of the second, as Kusto does."""
    at = ticks_datetime(ticks)
    return f"{at.year:04}-{at.month:02}-{at.day:02}T{at.hour:02}:{at.minute:02}:{at.second:02}.{ticks % TICKS:07}Z"


def timespan_text(ticks: int) -> str:
    """Write a span as ``[-][days.]hh:mm:ss[.fffffff]``."""
    sign, ticks = ("-", -ticks) if ticks < 0 else ("", ticks)
    days, rest = divmod(ticks, DAY)
    hours, rest = divmod(rest, HOUR)
    minutes, rest = divmod(rest, MINUTE)
    seconds, fraction = divmod(rest, TICKS)
    text = f"{hours:02}:{minutes:02}:{seconds:02}" + (f".{fraction:07}" if fraction else "")
    return f"{sign}{days}.{text}" if days else sign + text
