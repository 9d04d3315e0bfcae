"""What a query says, as a tree. ``at`` is an offset into its text and does not count when two nodes are compared."""

from __future__ import annotations

from dataclasses import dataclass, field

from shared.kql.value_types import Kind, Value


@dataclass(frozen=True, slots=True)
class Node:
    """Any part of an expression."""

    at: int = field(compare=False)


@dataclass(frozen=True, slots=True)
class Literal(Node):
    """A value that is written out."""

    value: Value = field(hash=False)
    kind: Kind


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A column, or a scalar that ``let`` bound."""

    text: str


@dataclass(frozen=True, slots=True)
class Star(Node):
    """Every column: ``*``."""


@dataclass(frozen=True, slots=True)
class Member(Node):
    """A slot of a property bag by its name: ``bag.slot`` or ``bag["slot"]``."""

    target: Expression
    key: str


@dataclass(frozen=True, slots=True)
class Element(Node):
    """An element of an array, or a slot, by a computed key: ``array[index]``."""

    target: Expression
    key: Expression


@dataclass(frozen=True, slots=True)
class Call(Node):
    """A function of arguments; ``to`` is a type argument, ``typeof(long)``."""

    function: str
    arguments: tuple[Expression, ...]
    to: Kind | None = None


@dataclass(frozen=True, slots=True)
class Negative(Node):
    """A minus before an operand."""

    operand: Expression


@dataclass(frozen=True, slots=True)
class Binary(Node):
    """An operator between two operands."""

    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class All(Node):
    """Operands between which stands ``and``."""

    operands: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class AnyOf(Node):
    """Operands between which stands ``or``."""

    operands: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Listed(Node):
    """A value held against a list: ``in``, ``has_any`` and the like."""

    operator: str
    operand: Expression
    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Between(Node):
    """A value held against both ends of a range."""

    negated: bool
    operand: Expression
    low: Expression
    high: Expression


type Expression = Literal | Name | Star | Member | Element | Call | Negative | Binary | All | AnyOf | Listed | Between


@dataclass(frozen=True, slots=True)
class Named:
    """An expression with the names it is given: none, one, or several for a function that gives several columns."""

    names: tuple[str, ...]
    value: Expression


@dataclass(frozen=True, slots=True)
class Operator:
    """A step of a pipeline."""

    at: int


@dataclass(frozen=True, slots=True)
class Where(Operator):
    """Keep the rows for which a condition is true."""

    condition: Expression


@dataclass(frozen=True, slots=True)
class Extend(Operator):
    """Add columns."""

    columns: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class Project(Operator):
    """Keep only these columns."""

    columns: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class Choose(Operator):
    """Choose columns by name or pattern: ``project-away``, ``project-keep``, ``project-reorder``."""

    how: str
    patterns: tuple[tuple[str, int], ...]
    orders: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rename(Operator):
    """Give columns new names: pairs of the new one and the old one."""

    columns: tuple[tuple[str, Name], ...]


@dataclass(frozen=True, slots=True)
class Summarize(Operator):
    """Aggregate the rows of each group."""

    aggregates: tuple[Named, ...]
    by: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class Distinct(Operator):
    """Keep one row of those that are equal in these columns."""

    columns: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class Key:
    """What to sort by: ``ascending``, and whether nulls come first."""

    value: Expression
    ascending: bool
    nulls_first: bool


@dataclass(frozen=True, slots=True)
class Sort(Operator):
    """Sort, and keep the first rows if a number is given."""

    keys: tuple[Key, ...]
    most: Expression | None = None


@dataclass(frozen=True, slots=True)
class Take(Operator):
    """Keep the first rows."""

    most: Expression


@dataclass(frozen=True, slots=True)
class Count(Operator):
    """Count the rows."""


@dataclass(frozen=True, slots=True)
class Expansion:
    """An array or bag whose elements become rows, as which column and type."""

    column: Named
    to: Kind | None


@dataclass(frozen=True, slots=True)
class Expand(Operator):
    """Make a row of each element: ``mv-expand``."""

    columns: tuple[Expansion, ...]
    arrays: bool = False
    index: str | None = None
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Apply(Operator):
    """Make rows of the elements of each row and run a pipeline over them: ``mv-apply``."""

    columns: tuple[Expansion, ...]
    steps: tuple[Operator, ...]
    index: str | None = None
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Join(Operator):
    """Put rows of two tables together where keys are equal: pairs of a left and a right expression."""

    kind: str
    right: Pipeline
    on: tuple[tuple[Expression, Expression], ...]


@dataclass(frozen=True, slots=True)
class Union(Operator):
    """Put the rows of several tables below each other."""

    legs: tuple[Pipeline, ...]
    inner: bool = False
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Capture:
    """A column that ``parse`` takes out of a text."""

    name: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Parse(Operator):
    """Take columns out of a text by a pattern of texts (str), columns and ``*`` (None)."""

    source: Expression
    pattern: tuple[str | Capture | None, ...]
    mode: str
    only_matching: bool


@dataclass(frozen=True, slots=True)
class Source:
    """Where rows come from: a table, or a pipeline that ``let`` bound."""

    name: str
    at: int


@dataclass(frozen=True, slots=True)
class Print:
    """One row of computed columns."""

    columns: tuple[Named, ...]
    at: int


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Rows, and what is done with them step by step."""

    source: Source | Print | Union
    steps: tuple[Operator, ...]


@dataclass(frozen=True, slots=True)
class Let:
    """A name for a scalar or for a pipeline."""

    name: str
    value: Expression | Pipeline


@dataclass(frozen=True, slots=True)
class Query:
    """Statements, and the pipeline that gives the answer."""

    lets: tuple[Let, ...]
    pipeline: Pipeline
