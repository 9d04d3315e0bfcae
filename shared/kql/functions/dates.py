"""Functions of times and spans of time."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from shared.kql.evaluation.arithmetic import in_range
from shared.kql.evaluation.compiled import Compiled, constant
from shared.kql.evaluation.conversions import coerce
from shared.kql.evaluation.scope import Scope
from shared.kql.functions.conversions import one
from shared.kql.functions.function import Function, Special
from shared.kql.syntax import Call
from shared.kql.time_texts import DAY, HOUR, MINUTE, TICKS, datetime_ticks, ticks_datetime
from shared.kql.value_types import Kind

_D, _T, _L, _S = Kind.DATETIME, Kind.TIMESPAN, Kind.LONG, Kind.STRING
_WEEK = 7 * DAY
# 0001-01-01 was a Monday; weeks begin on Sunday.
_SUNDAY = 6 * DAY
_FIXED = {
    "week": _WEEK,
    "day": DAY,
    "hour": HOUR,
    "minute": MINUTE,
    "second": TICKS,
    "millisecond": TICKS // 1000,
    "microsecond": 10,
    "nanosecond": None,
}
_MONTHS = {"year": 12, "quarter": 3, "month": 1}


def _now(node: Call, arguments: Sequence[Compiled], scope: Scope) -> Compiled:
    if not arguments:
        return constant(scope.now, _D, node.at)
    return _shifted(node, arguments, scope, 1)


def _ago(node: Call, arguments: Sequence[Compiled], scope: Scope) -> Compiled:
    return _shifted(node, arguments, scope, -1)


def _shifted(node: Call, arguments: Sequence[Compiled], scope: Scope, sign: int) -> Compiled:
    span = coerce(one(node, arguments), _T, f"what {node.function}() takes")
    return span.then(lambda ticks: None if ticks is None else in_range(scope.now + sign * ticks, _D), _D)


def _unit(part: str) -> str:
    return part.lower().removesuffix("s")


def _difference(part: str, later: int, earlier: int) -> int | None:
    """Count the borders of a unit that lie between two times."""
    unit = _unit(part)
    if unit in _MONTHS:
        return _months(later) // _MONTHS[unit] - _months(earlier) // _MONTHS[unit]
    if unit == "nanosecond":
        return (later - earlier) * 100
    width = _FIXED.get(unit)
    if width is None:
        return None
    # 1 before 0001-01-01 was a Sunday too, from which weeks are counted.
    shift = DAY if unit == "week" else 0
    return (later + shift) // width - (earlier + shift) // width


def _months(ticks: int) -> int:
    at = ticks_datetime(ticks)
    return at.year * 12 + at.month - 1


def _added(part: str, count: int, ticks: int) -> int | None:
    unit = _unit(part)
    if unit in _MONTHS:
        return _add_months(ticks, count * _MONTHS[unit])
    width = _FIXED.get(unit)
    return None if width is None else in_range(ticks + count * width, _D)


def _add_months(ticks: int, count: int) -> int | None:
    at = ticks_datetime(ticks)
    month = at.year * 12 + at.month - 1 + count
    year, month = month // 12, month % 12 + 1
    if not 1 <= year <= 9999:
        return None
    day = min(at.day, monthrange(year, month)[1])
    return datetime_ticks(datetime(year, month, day, tzinfo=UTC)) + ticks % DAY


def _datetime(ticks: int) -> int | None:
    found: int | None = in_range(ticks, _D)
    return found


def _start_of(unit: str) -> Callable[..., int | None]:
    def start(ticks: int, offset: int = 0) -> int | None:
        at = ticks_datetime(ticks)
        if unit == "day":
            return _datetime(ticks - ticks % DAY + offset * DAY)
        if unit == "week":
            return _datetime(ticks - (ticks - _SUNDAY) % _WEEK + offset * _WEEK)
        month = at.month if unit == "month" else 1
        first = datetime_ticks(datetime(at.year, month, 1, tzinfo=UTC))
        return _add_months(first, offset * _MONTHS[unit])

    return start


def _end_of(unit: str) -> Callable[..., int | None]:
    start = _start_of(unit)

    def end(ticks: int, offset: int = 0) -> int | None:
        after = start(ticks, offset + 1)
        return None if after is None else after - 1

    return end


def _part(part: str, ticks: int) -> int | None:
    at = ticks_datetime(ticks)
    parts: dict[str, Callable[[], int]] = {
        "year": lambda: at.year,
        "quarter": lambda: (at.month + 2) // 3,
        "month": lambda: at.month,
        "week_of_year": lambda: at.isocalendar().week,
        "day": lambda: at.day,
        "dayofyear": lambda: at.timetuple().tm_yday,
        "hour": lambda: at.hour,
        "minute": lambda: at.minute,
        "second": lambda: at.second,
        "millisecond": lambda: at.microsecond // 1000,
        "microsecond": lambda: at.microsecond,
    }
    found = parts.get(part.lower())
    return found() if found else None


def _part_of(part: str) -> Callable[[int], int | None]:
    return lambda ticks: _part(part, ticks)


_FORMAT = re.compile(r"yyyy|yy|MM|M|dd|d|HH|H|hh|h|mm|m|ss|s|fffffff|ffffff|fffff|ffff|fff|ff|f|FFFFFFF|FFF|tt")


def _formatted(ticks: int, pattern: str) -> str:
    at = ticks_datetime(ticks)
    fraction = f"{ticks % TICKS:07}"
    half = at.hour % 12 or 12
    parts: dict[str, str] = {
        "yyyy": f"{at.year:04}",
        "yy": f"{at.year % 100:02}",
        "MM": f"{at.month:02}",
        "M": str(at.month),
        "dd": f"{at.day:02}",
        "d": str(at.day),
        "HH": f"{at.hour:02}",
        "H": str(at.hour),
        "hh": f"{half:02}",
        "h": str(half),
        "mm": f"{at.minute:02}",
        "m": str(at.minute),
        "ss": f"{at.second:02}",
        "s": str(at.second),
        "tt": "AM" if at.hour < 12 else "PM",
    }

    def written(found: re.Match[str]) -> str:
        text = found.group()
        if text[0] == "f":
            return fraction[: len(text)]
        if text[0] == "F":
            return fraction[: len(text)].rstrip("0")
        return parts[text]

    return _FORMAT.sub(written, pattern)


def _timespan_formatted(ticks: int, pattern: str) -> str:
    days, rest = divmod(abs(ticks), DAY)
    hours, rest = divmod(rest, HOUR)
    minutes, rest = divmod(rest, MINUTE)
    seconds, fraction = divmod(rest, TICKS)
    numbers = {"d": days, "h": hours, "H": hours, "m": minutes, "s": seconds}

    def written(found: re.Match[str]) -> str:
        text = found.group()
        return f"{fraction:07}"[: len(text)] if text[0] in "fF" else f"{numbers[text[0]]:0{len(text)}}"

    return re.sub(r"d{1,8}|h{1,2}|H{1,2}|m{1,2}|s{1,2}|f{1,7}|F{1,7}", written, pattern)


def _made(year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: float = 0) -> int | None:
    try:
        at = datetime(year, month, day, hour, minute, tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    return in_range(datetime_ticks(at) + int(second * TICKS), _D) if 0 <= second < 60 else None


def _of_unix(unit: int) -> Callable[[Any], int | None]:
    epoch = datetime_ticks(datetime(1970, 1, 1, tzinfo=UTC))
    return lambda count: in_range(epoch + int(count * unit), _D)


FUNCTIONS: Mapping[str, Function] = {
    "datetime_diff": Function(_L, (_S, _D, _D), _difference),
    "datetime_add": Function(_D, (_S, _L, _D), _added),
    "datetime_part": Function(_L, (_S, _D), _part),
    "make_datetime": Function(_D, (_L, _L, _L, _L, _L, Kind.REAL), _made, least=3),
    "format_datetime": Function(_S, (_D, _S), _formatted),
    "format_timespan": Function(_S, (_T, _S), _timespan_formatted),
    **{f"startof{unit}": Function(_D, (_D, _L), _start_of(unit), least=1) for unit in ("day", "week", "month", "year")},
    **{f"endof{unit}": Function(_D, (_D, _L), _end_of(unit), least=1) for unit in ("day", "week", "month", "year")},
    "dayofweek": Function(_T, (_D,), lambda ticks: (ticks - _SUNDAY) % _WEEK // DAY * DAY),
    "dayofmonth": Function(_L, (_D,), _part_of("day")),
    "dayofyear": Function(_L, (_D,), _part_of("dayofyear")),
    "hourofday": Function(_L, (_D,), _part_of("hour")),
    "monthofyear": Function(_L, (_D,), _part_of("month")),
    "getmonth": Function(_L, (_D,), _part_of("month")),
    "getyear": Function(_L, (_D,), _part_of("year")),
    "week_of_year": Function(_L, (_D,), _part_of("week_of_year")),
    "unixtime_seconds_todatetime": Function(_D, (Kind.REAL,), _of_unix(TICKS)),
    "unixtime_milliseconds_todatetime": Function(_D, (Kind.REAL,), _of_unix(TICKS // 1000)),
}
SPECIAL: Mapping[str, Special] = {"now": _now, "ago": _ago}
