"""Answer queries in the language of Resource Graph, over tables that are brought to the process that answers them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import msgspec

from shared.kql.conditions import TableUse, table_uses
from shared.kql.parsing.query import parse_query
from shared.kql.paths import paths_in
from shared.kql.sandbox.client import QuerySandbox
from shared.kql.sandbox.orders import Answered, Order
from shared.kql.sandbox.server_process import Put, Wanted
from shared.kql.syntax import Query, Take
from shared.kql.time_texts import datetime_ticks
from shared.services.commands import Clock


class GraphTables(Protocol):
    """Brings the rows that a query needs to where it is answered."""

    def fill(self, uses: Sequence[TableUse], put: Put, *, anew: bool) -> Wanted:
        """Bring the rows for some uses of tables up to date, and return their blocks by table."""
        ...


@dataclass(frozen=True)
class QueryResourceGraph:
    """Answers queries."""

    sandbox: QuerySandbox
    tables: GraphTables
    now: Clock

    def __call__(self, order: Order, *, resumed: bool) -> Answered:
        """Answer a query now; raise QueryFailure. ``resumed``: a token of an earlier page says what to skip."""
        query = parse_query(order.text)
        uses = table_uses(query)
        skip = 0 if _is_cut(query) and not resumed else order.skip
        timed = msgspec.structs.replace(order, skip=skip, now=datetime_ticks(self.now()))
        return self.sandbox(timed, lambda put, anew: self.tables.fill(uses, put, anew=anew), paths_in(query))


def _is_cut(query: Query) -> bool:
    """Say whether a query says itself how many rows it wants, which makes the option ``$skip`` void."""
    return any(isinstance(step, Take) for step in query.pipeline.steps)
