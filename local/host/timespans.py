"""Time spans as .NET writes them: ``[d.]hh:mm:ss[.fraction]``.

https://learn.microsoft.com/dotnet/standard/base-types/standard-timespan-format-strings
"""

import re
from datetime import timedelta

_TIMESPAN = re.compile(r"(?:(\d{1,7})\.)?(\d{1,2}):(\d{1,2})(?::(\d{1,2})(\.\d{1,7})?)?")
_LIMITS = (24, 60, 60)


def seconds_of_timespan(text: str) -> float:
    """Return a time span in seconds; raises ``ValueError`` if it is not one."""
    match = _TIMESPAN.fullmatch(text.strip())
    if not match:
        raise ValueError(f'"{text}" is not a time span: write hh:mm:ss')
    days, *clock, fraction = match.groups("0")
    hours, minutes, seconds = (int(part) for part in clock)
    if any(value >= limit for value, limit in zip((hours, minutes, seconds), _LIMITS, strict=True)):
        raise ValueError(f'"{text}" is not a time span: hours are below 24, minutes and seconds below 60')
    span = timedelta(days=int(days), hours=hours, minutes=minutes, seconds=seconds + float(fraction))
    return span.total_seconds()
