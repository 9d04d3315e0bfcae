"""The slots of rows that a query reads by a path of names, such as ``properties.status.severity``."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

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


def paths_in(node: object) -> Iterator[SlotPath]:
    """Yield the paths below a column of the tables that are anywhere in a query, the longest of each only."""
    if isinstance(node, Member):
        path = path_of(node)
        if path is not None:
            if path[0] in SCHEMA:
                yield path
            return
    if isinstance(node, tuple):
        for part in node:
            yield from paths_in(part)
    elif dataclasses.is_dataclass(node):
        for field in dataclasses.fields(node):
            yield from paths_in(getattr(node, field.name))
