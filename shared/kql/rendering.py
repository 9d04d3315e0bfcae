"""The rows of an answer as JSON: as objects, or as a table."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import msgspec

from shared.kql.failures import ResultTooLarge
from shared.kql.limits import RESULT_BYTES
from shared.kql.query import Answer
from shared.kql.time_texts import datetime_text, timespan_text
from shared.kql.value_types import Kind, Value


def _real(value: Value) -> Value:
    # JSON has neither infinity nor not-a-number: both are written as Kusto's texts.
    if value is None or math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else ("Infinity" if value > 0 else "-Infinity")


def _datetime(value: Value) -> Value:
    return None if value is None else datetime_text(value)


def _timespan(value: Value) -> Value:
    return None if value is None else timespan_text(value)


_JSON: Mapping[Kind, Callable[[Value], Value]] = {
    Kind.REAL: _real,
    Kind.DATETIME: _datetime,
    Kind.TIMESPAN: _timespan,
}


def render(answer: Answer, skip: int, most: int, *, table: bool) -> tuple[int, bytes]:
    """Return how many rows a page has, and the page as a JSON array; raise ResultTooLarge."""
    page = answer.rows.pick(range(min(skip, answer.rows.size), min(skip + most, answer.rows.size)))
    names = list(answer.schema)
    columns = [_column(page.column(name), answer.schema[name]) for name in names]
    found: Sequence[Value] = list(zip(*columns, strict=True)) if names else []
    if not table:
        found = [dict(zip(names, row, strict=True)) for row in found]
    pieces, size = [], 0
    encoder = msgspec.json.Encoder()
    for row in found:
        pieces.append(encoder.encode(row))
        size += len(pieces[-1]) + 1
        if size > RESULT_BYTES:
            raise ResultTooLarge(f"Response payload size is larger than {RESULT_BYTES} bytes: take fewer rows.")
    return len(pieces), b"[" + b",".join(pieces) + b"]"


def _column(values: Sequence[Value], kind: Kind) -> Sequence[Value]:
    change = _JSON.get(kind)
    return values if change is None else list(map(change, values))
