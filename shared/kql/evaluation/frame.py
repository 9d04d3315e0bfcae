"""Rows as columns, each made when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from shared.kql.value_types import Kind, Schema, SlotPath, Value, null_of

type Values = list[Value]
type Maker = Callable[[], Values]
type Slots = Callable[[SlotPath, Sequence[int] | None], Values | None]
"""Gives the values below a path for some rows, or for all of them; None where they are not at hand."""


class Frame:
    """Some rows; nothing in it changes, but what was made is kept."""

    __slots__ = ("_columns", "_makers", "_paths", "_slots", "size")

    def __init__(self, size: int, makers: Mapping[str, Maker], slots: Slots | None = None) -> None:
        """Take the number of rows, what makes each column, and what gives columns and slots for some rows only."""
        self.size = size
        self._makers = makers
        self._slots = slots
        self._columns: dict[str, Values] = {}
        self._paths: dict[Any, Values] = {}

    @classmethod
    def of(cls, columns: Mapping[str, Values], size: int) -> Frame:
        """Make a frame of columns that are there."""
        return cls(size, {name: partial(_same, values) for name, values in columns.items()})

    @classmethod
    def of_rows(cls, rows: Sequence[Mapping[str, Value]], schema: Schema) -> Frame:
        """Make a frame of rows that are mappings; a name that is missing in one is null there."""
        return cls(len(rows), {name: partial(_taken, rows, name, kind) for name, kind in schema.items()})

    def column(self, name: str) -> Values:
        """Return the values of a column, not to be changed."""
        found = self._columns.get(name)
        if found is None:
            found = self._columns[name] = self._makers[name]()
        return found

    def path(self, key: object, make: Callable[[Frame], Values]) -> Values:
        """Return what an expression gives that others may ask for as well; it is made once."""
        found = self._paths.get(key)
        if found is None:
            found = self._paths[key] = make(self)
        return found

    def slot(self, path: SlotPath) -> Values | None:
        """Return the slots below a column by their path where they are at hand, else None."""
        found = self._paths.get(path)
        if found is None and self._slots is not None:
            found = self._slots(path, None)
            if found is not None:
                self._paths[path] = found
        return found

    def slot_of(self, path: SlotPath, rows: Sequence[int] | None) -> Values | None:
        """Return the same for some rows; the others are not touched."""
        if rows is None:
            return self.slot(path)
        made = self._paths.get(path)
        if made is not None:
            return list(map(made.__getitem__, rows))
        return None if self._slots is None else self._slots(path, rows)

    def pick(self, chosen: Sequence[int]) -> Frame:
        """Return these rows, in this order."""
        makers = {name: partial(self._picked, name, chosen) for name in self._makers}
        return Frame(len(chosen), makers, partial(self._picked_slot, chosen) if self._slots else None)

    def pick_or_null(self, chosen: Sequence[int | None], schema: Schema) -> Frame:
        """Return these rows, with a row of nulls for each None."""
        return Frame(
            len(chosen), {name: partial(self._picked_or_null, name, chosen, schema[name]) for name in self._makers}
        )

    def keep(self, condition: Values) -> Frame:
        """Return the rows for which a condition is true, which is neither false nor null."""
        chosen = [row for row, holds in enumerate(condition) if holds]
        return self if len(chosen) == self.size else self.pick(chosen)

    def lazily(self, name: str) -> Maker:
        """Return what makes a column."""
        return partial(self.column, name)

    def all_makers(self) -> dict[str, Maker]:
        """Return what makes each column."""
        return {name: self.lazily(name) for name in self._makers}

    def with_makers(self, makers: Mapping[str, Maker]) -> Frame:
        """Return the same rows with more columns, or other ones in the place of some."""
        slots = self._slots and partial(self._slot_beside, makers)
        return Frame(self.size, {**self.all_makers(), **makers}, slots)

    def _slot_beside(self, makers: Mapping[str, Maker], path: SlotPath, rows: Sequence[int] | None) -> Values | None:
        # Below a column that was made anew are other slots.
        return None if path[0] in makers else self.slot_of(path, rows)

    def _picked_slot(self, chosen: Sequence[int], path: SlotPath, rows: Sequence[int] | None) -> Values | None:
        return self.slot_of(path, chosen if rows is None else [chosen[row] for row in rows])

    def _picked(self, name: str, chosen: Sequence[int]) -> Values:
        # A column that nobody has made yet need not be made for rows that are not wanted.
        found = None if name in self._columns else self.slot_of((name,), chosen)
        return list(map(self.column(name).__getitem__, chosen)) if found is None else found

    def _picked_or_null(self, name: str, chosen: Sequence[int | None], kind: Kind) -> Values:
        column, null = self.column(name), null_of(kind)
        return [null if row is None else column[row] for row in chosen]


def _same(values: Values) -> Values:
    return values


def _taken(rows: Sequence[Mapping[str, Value]], name: str, kind: Kind) -> Values:
    if kind is Kind.STRING:
        return [row.get(name) or "" for row in rows]
    return [row.get(name) for row in rows]
