"""When a timer fires: NCRONTAB expressions and time spans, in UTC.

https://learn.microsoft.com/azure/azure-functions/functions-bindings-timer#ncrontab-expressions: six fields, the first
for seconds, or five without it. A day must match both its fields, of the month and of the week.
"""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise

from croniter import croniter
from croniter.croniter import CroniterBadCronError, CroniterBadDateError

from local.host.timespans import seconds_of_timespan

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
_LONG_NAMES = re.compile(
    r"\b(jan|feb|mar|apr|jun|jul|aug|sep|oct|nov|dec|sun|mon|tue|wed|thu|fri|sat)[a-z]+\b", re.IGNORECASE
)
# Number of the first value and names, for seconds, minutes, hours, day, month and day of the week.
_FIELDS: tuple[tuple[int, int, list[str]], ...] = (
    *((0, 59, []), (0, 59, []), (0, 23, []), (1, 31, [])),
    *((1, 12, _MONTHS), (0, 6, _DAYS)),
)
_PART = re.compile(r"(?:\*|(\w+)(?:-(\w+))?)(?:/([1-9]\d?))?")


class BadSchedule(ValueError):
    """A schedule is neither an NCRONTAB expression nor a time span."""


class Schedule:
    """Says when a timer fires next."""

    def __init__(self, expression: str) -> None:
        """Parse an expression; raises ``BadSchedule``."""
        self._next: Callable[[datetime], datetime | None] = (
            _every(expression) if ":" in expression else _ncrontab(expression)
        )

    def next_after(self, moment: datetime) -> datetime | None:
        """Return the first time after ``moment`` (UTC), or None if there is none."""
        return self._next(moment)

    @property
    def is_frequent(self) -> bool:
        """Say whether it fires more than once a minute: then the host keeps no status."""
        start = datetime.fromisoformat("2024-01-01T00:00:00Z")
        moments = [start]
        while len(moments) < 4 and (following := self.next_after(moments[-1])):
            moments.append(following)
        return any(later - earlier < timedelta(minutes=1) for earlier, later in pairwise(moments[1:]))


def _every(expression: str) -> Callable[[datetime], datetime]:
    try:
        interval = timedelta(seconds=seconds_of_timespan(expression))
    except ValueError as error:
        raise BadSchedule(str(error)) from error
    if not interval:
        raise BadSchedule(f'the time span "{expression}" is empty')
    return lambda moment: moment + interval


def _ncrontab(expression: str) -> Callable[[datetime], datetime | None]:
    fields = _LONG_NAMES.sub(r"\1", expression).lower().split()
    if len(fields) == len(_FIELDS) - 1:
        fields = ["0", *fields]
    if len(fields) != len(_FIELDS):
        raise BadSchedule(f'"{expression}" is not NCRONTAB: it must have five or six fields')
    # The library takes far more than NCRONTAB does; what it alone knows is refused first.
    for field, (lowest, highest, names) in zip(fields, _FIELDS, strict=True):
        for part in field.split(","):
            _check_part(expression, part, lowest, highest, names)
    normal = " ".join(fields)

    def next_after(moment: datetime) -> datetime | None:
        try:
            found: datetime = croniter(normal, moment, day_or=False, second_at_beginning=True).get_next(datetime)
        except CroniterBadDateError:
            return None
        return found

    try:
        next_after(datetime.fromisoformat("2024-01-01T00:00:00Z"))
    except CroniterBadCronError as error:
        raise BadSchedule(f'"{expression}" is not NCRONTAB: {error}') from error
    return next_after


def _check_part(expression: str, part: str, lowest: int, highest: int, names: list[str]) -> None:
    match = _PART.fullmatch(part)
    if not match:
        raise BadSchedule(f'"{expression}" is not NCRONTAB: "{part}" is not a value, a range or a step')
    ends = [_number(value, lowest, names) for value in match.groups()[:2] if value]
    if any(end is None or not lowest <= end <= highest for end in ends):
        raise BadSchedule(f'"{expression}" is not NCRONTAB: "{part}" is out of {lowest} to {highest}')
    if len(ends) == 2 and (ends[0] or 0) > (ends[1] or 0):
        raise BadSchedule(f'"{expression}" is not NCRONTAB: the range "{part}" runs backwards')


def _number(value: str, lowest: int, names: list[str]) -> int | None:
    if value.isascii() and value.isdigit():
        return int(value)
    return names.index(value) + lowest if value in names else None
