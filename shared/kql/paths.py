"""The slots of rows that a query reads by a path of names, such as ``properties.status.severity``."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from shared.kql.failures import limits_depth
from shared.kql.syntax import Expression, Member, Name
from shared.kql.tables import SCHEMA
from shared.kql.value_types import SlotPath


def path_of(node: Expression) -> SlotPath | None:
    """Return the path that an expression is, from the name of a column on; None where it is something else."""
    match node:
        case Name(text=text):
            return (text,)
        case Member(target=target, key=key):
            before = path_of(target)
            return None if before is None else (*before, key)
    return None


@limits_depth
def paths_in(node: object) -> list[SlotPath]:
    """Return the paths below a column of the tables that are anywhere in a query, each once, the longest only."""
    return list(dict.fromkeys(_paths(node)))


def _paths(node: object) -> Iterator[SlotPath]:
    if isinstance(node, Member):
        path = path_of(node)
        if path is not None:
            if path[0] in SCHEMA:
                yield path
            return
    if isinstance(node, tuple):
        for part in node:
            yield from _paths(part)
    elif dataclasses.is_dataclass(node):
        for field in dataclasses.fields(node):
            yield from _paths(getattr(node, field.name))
