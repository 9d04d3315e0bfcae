"""``join``: rows of two tables whose keys are equal."""

from __future__ import annotations

from collections.abc import Sequence

from shared.kql.evaluation.comparisons import frozen
from shared.kql.evaluation.compiled import Compiled
from shared.kql.evaluation.conversions import convert
from shared.kql.evaluation.expressions import compile_expression
from shared.kql.evaluation.frame import Frame, Values
from shared.kql.evaluation.names import free_name
from shared.kql.evaluation.scope import Scope
from shared.kql.failures import SemanticFailure
from shared.kql.operators.step import Step, check_rows
from shared.kql.syntax import Expression, Join
from shared.kql.value_types import NUMBERS, Kind, Schema

type Rows = list[int | None]


def join(node: Join, scope: Scope, right: Step) -> Step:
    """Compile ``join``; ``right`` makes the rows of the other table, from nothing."""
    keys = [_pair(one, other, scope, right.schema) for one, other in node.on]
    names: dict[str, str] = {}
    for name in right.schema:
        names[name] = free_name(name, {*scope.schema, *names.values()})
    schema = {**scope.schema, **{names[name]: kind for name, kind in right.schema.items()}}

    def run(frame: Frame) -> Frame:
        other = right.run(Frame(0, {}))
        lefts = _keys([left for left, _ in keys], frame)
        rights = _keys([key for _, key in keys], other)
        pairs = _Pairs(lefts, rights, scope.most_rows)
        pairs.match(unique=node.kind == "innerunique", outer=node.kind in ("leftouter", "fullouter"))
        if node.kind == "fullouter":
            pairs.add_unmatched(other.size)
        left_rows = frame.pick_or_null(pairs.left, scope.schema)
        right_rows = other.pick_or_null(pairs.right, right.schema)
        makers = {new: right_rows.lazily(name) for name, new in names.items()}
        return left_rows.with_makers(makers)

    return Step(schema, run)


def _pair(left: Expression, right: Expression, scope: Scope, schema: Schema) -> tuple[Compiled, Compiled]:
    one, other = compile_expression(left, scope), compile_expression(right, scope.over(schema))
    if one.kind is other.kind or {one.kind, other.kind} == NUMBERS:
        return one, other
    if Kind.DYNAMIC in (one.kind, other.kind):
        return convert(one, Kind.STRING), convert(other, Kind.STRING)
    raise SemanticFailure(f"join: a {one.kind} cannot be equal to a {other.kind}", one.at)


def _keys(columns: Sequence[Compiled], frame: Frame) -> Values:
    """Return the key of each row, None where a part of it is null: null is equal to nothing."""
    values = [
        list(map(frozen, column.values(frame))) if column.kind is Kind.DYNAMIC else column.values(frame)
        for column in columns
    ]
    if len(values) == 1:
        return values[0]
    return [None if None in key else key for key in zip(*values, strict=True)]


class _Pairs:
    """The rows that belong together, by their numbers on both sides."""

    def __init__(self, lefts: Values, rights: Values, most: int) -> None:
        self.left: Rows = []
        self.right: Rows = []
        self._lefts = lefts
        self._most = most
        self._rows: dict[object, list[int]] = {}
        for row, key in enumerate(rights):
            if key is not None:
                self._rows.setdefault(key, []).append(row)

    def match(self, *, unique: bool, outer: bool) -> None:
        """Pair rows of equal keys; ``unique``: the first of a key on the left only, ``outer``: rows without a pair."""
        seen = set()
        for row, key in enumerate(self._lefts):
            if unique:
                if key in seen:
                    continue
                seen.add(key)
            found: Sequence[int | None] = () if key is None else self._rows.get(key, ())
            if not found and outer:
                found = (None,)
            check_rows(len(self.left) + len(found), self._most)
            self.left += [row] * len(found)
            self.right += found

    def add_unmatched(self, count: int) -> None:
        """Add the rows of the right side that have no pair."""
        paired = set(self.right)
        alone = [row for row in range(count) if row not in paired]
        check_rows(len(self.left) + len(alone), self._most)
        self.left += [None] * len(alone)
        self.right += alone
