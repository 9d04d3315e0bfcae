"""A query from its text to its answer."""

from __future__ import annotations

from dataclasses import dataclass

from shared.kql.compiler import compile_query
from shared.kql.evaluation.frame import Frame
from shared.kql.failures import limits_depth
from shared.kql.limits import QueryLimits
from shared.kql.parsing.query import parse_query
from shared.kql.tables import Tables
from shared.kql.value_types import Schema


@dataclass(frozen=True)
class Answer:
    """What a query gives: its columns in order, and its rows."""

    schema: Schema
    rows: Frame


@limits_depth
def answer_query(text: str, tables: Tables, now: int, limits: QueryLimits) -> Answer:
    """Answer a query at a time (ticks); raise QueryFailure."""
    step = compile_query(parse_query(text), tables, now, limits.rows)
    return Answer(step.schema, step.run(Frame(0, {})))
