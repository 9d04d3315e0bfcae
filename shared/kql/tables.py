"""The tables that a query may read: their names and columns, and who gives their rows."""

from __future__ import annotations

from typing import Protocol

from shared.kql.evaluation.frame import Frame
from shared.kql.value_types import Kind, Schema

_TEXTS = ("id", "name", "type", "tenantId", "kind", "location", "resourceGroup", "subscriptionId", "managedBy")
_BAGS = ("sku", "plan", "properties", "tags", "identity", "zones", "extendedLocation")

SCHEMA: Schema = {**dict.fromkeys(_TEXTS, Kind.STRING), **dict.fromkeys(_BAGS, Kind.DYNAMIC)}
"""The columns of every table."""

TABLES = ("securityresources", "resources", "policyresources", "resourcecontainers")
"""The names of the tables; a query may write them in any case."""


class Tables(Protocol):
    """Gives the rows of tables."""

    def frame(self, table: str) -> Frame:
        """Return the rows of one of ``TABLES`` that a query may see, in an order that stays."""
        ...
