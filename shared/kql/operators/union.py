"""``union``: the rows of several tables below each other."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from shared.kql.evaluation.frame import Frame, Values
from shared.kql.operators.step import Step, check_rows
from shared.kql.syntax import Union
from shared.kql.value_types import Kind, Schema, null_of

type Legs = Sequence[tuple[str, Step]]


def union(node: Union, legs: Legs, most_rows: int) -> Step:
    """Compile ``union`` of legs, each with its name; columns of one name and different types are kept apart."""
    kinds: dict[str, set[Kind]] = {}
    for _, leg in legs:
        for name, kind in leg.schema.items():
            kinds.setdefault(name, set()).add(kind)
    if node.inner:
        kinds = {name: found for name, found in kinds.items() if all(name in leg.schema for _, leg in legs)}
    # (name, type) of each column that is shown, and where it comes from.
    columns: dict[str, tuple[str, Kind]] = {}
    for name, found in kinds.items():
        for kind in sorted(found):
            columns[name if len(found) == 1 else f"{name}_{kind}"] = (name, kind)
    schema: Schema = {name: kind for name, (_, kind) in columns.items()}
    if node.source:
        schema = {node.source: Kind.STRING, **schema}

    def run(_: Frame) -> Frame:
        frames = [leg.run(Frame(0, {})) for _, leg in legs]
        size = sum(frame.size for frame in frames)
        check_rows(size, most_rows)
        made = {name: partial(_below, frames, legs, *origin) for name, origin in columns.items()}
        if node.source:
            made[node.source] = partial(_sources, frames, legs)
        return Frame(size, made)

    return Step(schema, run)


def _below(frames: Sequence[Frame], legs: Legs, name: str, kind: Kind) -> Values:
    values: Values = []
    for frame, (_, leg) in zip(frames, legs, strict=True):
        there = leg.schema.get(name) is kind
        values += frame.column(name) if there else [null_of(kind)] * frame.size
    return values


def _sources(frames: Sequence[Frame], legs: Legs) -> Values:
    return [name for frame, (name, _) in zip(frames, legs, strict=True) for _ in range(frame.size)]
