"""The rows that the server holds: block by block, column by column, and the slots that queries have asked for.

A slot that is kept as a column of its own is read without a touch of the bags around it. To touch an object is to write
its count of references, upon which a child has to copy its page: for a hundred thousand rows that takes longer than
the query.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import accumulate
from typing import Any

from shared.kql.evaluation.frame import Frame, Values
from shared.kql.sandbox.orders import Block, Order, Rows
from shared.kql.tables import SCHEMA
from shared.kql.value_types import Kind, SlotPath

_MOST_PATHS = 96
_MOST_TEXTS = 200_000
# No two rows have the same.
_UNIQUE = ("id", "name")


class HeldBlock:
    """The rows of a block as columns, and some of their slots."""

    __slots__ = ("_slots", "columns", "size")

    def __init__(self, rows: Rows, same: Callable[[str], str]) -> None:
        """Take rows; ``same`` gives one object for equal texts."""
        self.size = len(rows)
        self.columns: dict[str, Values] = {name: _column(rows, name, kind, same) for name, kind in SCHEMA.items()}
        self._slots: dict[SlotPath, Values] = {}

    def slot(self, path: SlotPath) -> Values:
        """Return the values of a path; they are kept."""
        found = self._slots.get(path)
        if found is None:
            found = self.columns[path[0]]
            for key in path[1:]:
                found = [bag.get(key) if type(bag) is dict else None for bag in found]
            self._slots[path] = found
        return found

    def forget(self, path: SlotPath) -> None:
        """Keep a path no longer."""
        self._slots.pop(path, None)


def _column(rows: Rows, name: str, kind: Kind, same: Callable[[str], str]) -> Values:
    if name in _UNIQUE:
        return [row.get(name) or "" for row in rows]
    if kind is Kind.STRING:
        return [same(row.get(name) or "") for row in rows]
    if name != "properties":
        return [row.get(name) for row in rows]
    return [_shared(row.get(name), same) for row in rows]


def _shared(bag: Any, same: Callable[[str], str]) -> Any:
    if type(bag) is not dict:
        return bag
    return {key: same(value) if type(value) is str else value for key, value in bag.items()}


class HeldRows:
    """All blocks, and the paths that are kept of each: the latest that queries named."""

    def __init__(self) -> None:
        self.blocks: dict[Block, HeldBlock] = {}
        self._paths: dict[SlotPath, None] = {}
        self._texts: dict[str, str] = {}

    def update(self, changes: Mapping[Block, Rows | None]) -> None:
        """Take blocks in and out: None stands for one that is gone."""
        if len(self._texts) > _MOST_TEXTS:
            self._texts = {}
        texts = self._texts
        for name, rows in changes.items():
            if rows is None:
                self.blocks.pop(name, None)
            else:
                self.blocks[name] = HeldBlock(rows, lambda text: texts.setdefault(text, text))

    def keep(self, paths: Sequence[SlotPath], blocks: Mapping[str, Sequence[str]]) -> None:
        """Keep the slots that a query reads, of the blocks that it reads."""
        for path in paths[:_MOST_PATHS]:
            self._paths.pop(path, None)
            self._paths[path] = None
        while len(self._paths) > _MOST_PATHS:
            oldest = next(iter(self._paths))
            del self._paths[oldest]
            for block in self.blocks.values():
                block.forget(oldest)
        for table, names in blocks.items():
            for block in [self.blocks[table, name] for name in names if (table, name) in self.blocks]:
                for path in paths[:_MOST_PATHS]:
                    block.slot(path)


class HeldTables:
    """The tables as far as a query may see them: some blocks, and the rows of some subscriptions."""

    def __init__(self, held: HeldRows, order: Order) -> None:
        self._held = held
        self._wanted = order.blocks
        self._subscriptions = None if order.subscriptions is None else frozenset(order.subscriptions)

    def frame(self, table: str) -> Frame:
        """Return the rows of a table, in the order of the blocks that were named."""
        names = [(table, name) for name in self._wanted.get(table, ())]
        blocks = [self._held.blocks[name] for name in names if name in self._held.blocks]
        together = _Joined(blocks)
        makers = {name: partial(together.all, (name,)) for name in SCHEMA}
        frame = Frame(together.size, makers, together.some)
        if self._subscriptions is None:
            return frame
        return frame.keep([one.lower() in self._subscriptions for one in frame.column("subscriptionId")])


class _Joined:
    """Blocks one after the other."""

    def __init__(self, blocks: Sequence[HeldBlock]) -> None:
        self._blocks = blocks
        self._starts = list(accumulate((block.size for block in blocks), initial=0))
        self.size = self._starts.pop()

    def all(self, path: SlotPath) -> Values:
        """Return the values of all rows."""
        return [value for block in self._blocks for value in block.slot(path)]

    def some(self, path: SlotPath, rows: Sequence[int] | None) -> Values:
        """Return the values of some rows, without a touch of the others."""
        if rows is None:
            return self.all(path)
        values: Values = []
        for row in rows:
            number = bisect_right(self._starts, row) - 1
            values.append(self._blocks[number].slot(path)[row - self._starts[number]])
        return values
