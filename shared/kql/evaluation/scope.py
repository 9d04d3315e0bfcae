"""What names stand for at a place of a query."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from shared.kql.evaluation.compiled import Compiled, column
from shared.kql.failures import SemanticFailure
from shared.kql.syntax import Name, Pipeline
from shared.kql.value_types import Schema


@dataclass(frozen=True)
class Scope:
    """The columns of the rows, what ``let`` bound, and the time (ticks) that ``now()`` gives to the whole query."""

    schema: Schema
    now: int
    most_rows: int
    scalars: Mapping[str, Compiled] = field(default_factory=dict)
    pipelines: Mapping[str, Pipeline] = field(default_factory=dict)

    def over(self, schema: Schema) -> Scope:
        """Return the same place with other columns."""
        return replace(self, schema=schema)

    def resolve(self, name: Name) -> Compiled:
        """Return what a name stands for; raise SemanticFailure."""
        if name.text in self.schema:
            return column(name.text, self.schema[name.text], name.at)
        if name.text in self.scalars:
            return self.scalars[name.text]
        raise SemanticFailure(f"Failed to resolve scalar expression named '{name.text}'", name.at)
