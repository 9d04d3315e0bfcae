"""Values of one type as values of another, as Kusto converts them: what cannot be converted is null."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from shared.kql.evaluation.compiled import Compiled
from shared.kql.failures import LimitFailure, SemanticFailure
from shared.kql.limits import STRING_CHARACTERS
from shared.kql.time_texts import datetime_text, parse_datetime, parse_timespan, timespan_text
from shared.kql.value_types import Kind, Value

_LONG = re.compile(r"\s*[+-]?[0-9]{1,19}\s*", re.ASCII)
_REAL = re.compile(r"\s*[+-]?(?:[0-9]{1,400}(?:\.[0-9]{0,400})?|\.[0-9]{1,400})(?:[eE][+-]?[0-9]{1,4})?\s*", re.ASCII)
_HEX = re.compile(r"0[xX][0-9a-fA-F]{1,16}", re.ASCII)
_WORDS = {"true": True, "false": False}
MOST_LONG = 2**63 - 1


def json_text(value: Value) -> str:
    """Write what JSON holds as Kusto does: a string as it is, null as nothing, the rest as compact JSON."""
    if type(value) is str:
        return value
    if value is None:
        return ""
    if value is True:
        return "true"
    if value is False:
        return "false"
    return checked(msgspec.json.encode(value).decode())


def checked(text: str) -> str:
    """Return a string that is not too long; raise LimitFailure."""
    if len(text) > STRING_CHARACTERS:
        raise LimitFailure(f"A string is longer than {STRING_CHARACTERS} characters.")
    return text


def _bool_text(value: Value) -> str:
    return "" if value is None else str(value)


def _long_text(value: Value) -> str:
    return "" if value is None else str(value)


def _real_text(value: Value) -> str:
    if value is None:
        return ""
    if not math.isfinite(value):
        return "NaN" if value != value else ("Infinity" if value > 0 else "-Infinity")
    return repr(float(value))


def _datetime_text(value: Value) -> str:
    return "" if value is None else datetime_text(value)


def _timespan_text(value: Value) -> str:
    return "" if value is None else timespan_text(value)


_TEXTS: Mapping[Kind, Callable[[Value], str]] = {
    Kind.BOOL: _bool_text,
    Kind.LONG: _long_text,
    Kind.REAL: _real_text,
    Kind.DATETIME: _datetime_text,
    Kind.TIMESPAN: _timespan_text,
    Kind.DYNAMIC: json_text,
}


def text_to_long(value: Value) -> int | None:
    """Read a whole number."""
    if _LONG.fullmatch(value):
        return _in_range(int(value))
    return int(value, 16) if _HEX.fullmatch(value) and int(value, 16) <= MOST_LONG else None


def _in_range(value: int) -> int | None:
    return value if -MOST_LONG - 1 <= value <= MOST_LONG else None


def text_to_real(value: Value) -> float | None:
    """Read a number."""
    return float(value) if _REAL.fullmatch(value) else None


def _text_to_bool(value: Value) -> bool | None:
    lower = value.strip().lower()
    if lower in _WORDS:
        return _WORDS[lower]
    number = text_to_long(value)
    return None if number is None else number != 0


def _real_to_long(value: Value) -> int | None:
    if value is None or not math.isfinite(value):
        return None
    return _in_range(int(value))


def _number_to_bool(value: Value) -> bool | None:
    return None if value is None else value != 0


def _real(value: Value) -> float | None:
    return None if value is None else float(value)


def _number(value: Value) -> int | None:
    return None if value is None else int(value)


def _of_json(
    of_text: Callable[[Value], Any], of_number: Callable[[Value], Any] | None, of_bool: Callable[[Value], Any] | None
) -> Callable[[Value], Any]:
    def convert(value: Value) -> Any:
        kind = type(value)
        if kind is str:
            return of_text(value)
        if kind is bool:
            return of_bool(value) if of_bool else None
        if kind is int or kind is float:
            return of_number(value) if of_number else None
        return None

    return convert


def _span_number(value: Value) -> int | None:
    return None if value is None else _in_range(int(value * 864_000_000_000))


_CONVERSIONS: Mapping[tuple[Kind, Kind], Callable[[Value], Any]] = {
    **{(kind, Kind.STRING): text for kind, text in _TEXTS.items()},
    (Kind.STRING, Kind.LONG): text_to_long,
    (Kind.STRING, Kind.REAL): text_to_real,
    (Kind.STRING, Kind.BOOL): _text_to_bool,
    (Kind.STRING, Kind.DATETIME): parse_datetime,
    (Kind.STRING, Kind.TIMESPAN): parse_timespan,
    (Kind.LONG, Kind.REAL): _real,
    (Kind.LONG, Kind.BOOL): _number_to_bool,
    (Kind.LONG, Kind.DATETIME): _number,
    (Kind.LONG, Kind.TIMESPAN): _span_number,
    (Kind.REAL, Kind.LONG): _real_to_long,
    (Kind.REAL, Kind.BOOL): _number_to_bool,
    (Kind.BOOL, Kind.LONG): _number,
    (Kind.BOOL, Kind.REAL): _real,
    (Kind.DATETIME, Kind.LONG): _number,
    (Kind.TIMESPAN, Kind.LONG): _number,
    (Kind.DATETIME, Kind.DYNAMIC): lambda value: None if value is None else datetime_text(value),
    (Kind.TIMESPAN, Kind.DYNAMIC): lambda value: None if value is None else timespan_text(value),
    (Kind.DYNAMIC, Kind.LONG): _of_json(text_to_long, _real_to_long, _number),
    (Kind.DYNAMIC, Kind.REAL): _of_json(text_to_real, _real, _real),
    (Kind.DYNAMIC, Kind.BOOL): _of_json(_text_to_bool, _number_to_bool, bool),
    (Kind.DYNAMIC, Kind.DATETIME): _of_json(parse_datetime, _number, None),
    (Kind.DYNAMIC, Kind.TIMESPAN): _of_json(parse_timespan, None, None),
}


def convert(value: Compiled, to: Kind) -> Compiled:
    """Convert as a function such as ``tolong`` does; raise SemanticFailure where no conversion is defined."""
    if value.kind is to:
        return value
    if to is Kind.DYNAMIC and (value.kind, to) not in _CONVERSIONS:
        return Compiled(to, value.values, value.fixed, value.at)
    change = _CONVERSIONS.get((value.kind, to))
    if change is None:
        raise SemanticFailure(f"a {value.kind} cannot be converted to a {to}", value.at)
    return value.then(change, to)


_WIDENED = {
    Kind.LONG: {Kind.BOOL},
    Kind.REAL: {Kind.LONG},
    Kind.STRING: set[Kind](),
    Kind.BOOL: {Kind.LONG},
    Kind.DATETIME: set(),
    Kind.TIMESPAN: set(),
}


def coerce(value: Compiled, to: Kind, what: str) -> Compiled:
    """Convert where Kusto does it unasked: from dynamic, to dynamic, and from one number to another."""
    if to is Kind.DYNAMIC or value.kind in (to, Kind.DYNAMIC) or value.kind in _WIDENED[to]:
        return convert(value, to)
    raise SemanticFailure(f"{what} must be a {to}, not a {value.kind}", value.at)
