"""Trends as the native API asks for them and shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec

from shared.api import parameters
from shared.api.errors import bad_request
from shared.domain.trends import TrendPoint, spaced

DEFAULT_POINTS = 30
MAX_POINTS = 366
DEFAULT_DAYS = 30


class Trends(msgspec.Struct, frozen=True, rename="camel"):
    """The points, oldest first; they are never cut into pages."""

    value: Sequence[TrendPoint]
    next_link: None = None


class Window(NamedTuple):
    """A span of time that is asked about."""

    begin: datetime
    end: datetime


def window(query: Mapping[str, str], now: datetime) -> Window:
    """Read ``from`` and ``to``: by default the 30 days before ``to``, and now; raise ApiError 400."""
    end = parameters.as_of(query.get("to"), now, "to") or now
    try:
        begin = parameters.time("from", query.get("from")) or end - timedelta(days=DEFAULT_DAYS)
    except OverflowError as error:
        raise bad_request("to", "must be later than 30 days after the beginning of all time") from error
    if begin > end:
        raise bad_request("from", "must not be later than 'to'")
    return Window(begin, end)


def times(query: Mapping[str, str], now: datetime) -> tuple[datetime, ...]:
    """Read the times that points are asked for, by ``from``, ``to`` and ``points``; raise ApiError 400."""
    text = query.get("points") or str(DEFAULT_POINTS)
    if not text.isascii() or not text.isdigit() or len(text) > 3 or not 1 <= int(text) <= MAX_POINTS:
        raise bad_request("points", f"must be a number from 1 to {MAX_POINTS}")
    return spaced(*window(query, now), int(text))
