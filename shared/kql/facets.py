"""Facets: how often each value of a column comes in an answer."""

from __future__ import annotations

from collections.abc import Sequence

from shared.kql.evaluation.compiled import column
from shared.kql.evaluation.conversions import convert
from shared.kql.operators.summarize import grouped
from shared.kql.query import Answer
from shared.kql.sandbox.orders import Facet, FacetOrder
from shared.kql.value_types import Kind


def facet(answer: Answer, order: FacetOrder) -> Facet:
    """Count the values of a column."""
    kind = answer.schema.get(order.expression)
    if kind is None:
        return Facet(order.expression, found=False)
    texts = convert(column(order.expression, kind), Kind.STRING).values(answer.rows)
    pairs = [(texts[rows[0]], len(rows)) for rows in grouped([texts], [Kind.STRING], answer.rows.size)]
    wanted = [pair for pair in pairs if order.text.lower() in pair[0].lower()]
    by_value = order.sort_by == order.expression
    wanted.sort(key=lambda pair: (pair[0], pair[1]) if by_value else (pair[1], pair[0]), reverse=order.descending)
    shown = tuple({order.expression: value, "count": count} for value, count in wanted[: order.most])
    return Facet(order.expression, found=True, total=len(wanted), rows=shown)


def facets(answer: Answer, orders: Sequence[FacetOrder]) -> list[Facet]:
    """Count the values of several columns."""
    return [facet(answer, order) for order in orders]
