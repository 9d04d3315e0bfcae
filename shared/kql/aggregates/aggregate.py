"""What an aggregate is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from shared.kql.evaluation.frame import Values
from shared.kql.value_types import Kind, Value

type Gives = Callable[[Sequence[Kind]], Kind]


@dataclass(frozen=True)
class Aggregate:
    """A function of the values of a group's rows.

    ``takes`` are the types of its arguments, None where it takes any as they are; ``apply`` gets a list of values for
    each. ``condition`` is the number of an argument that chooses rows. An unnamed column is called ``prefix`` and the
    name of the argument.
    """

    prefix: str
    takes: tuple[Kind | None, ...]
    gives: Gives
    apply: Callable[..., Value]
    least: int | None = None
    condition: int | None = None


def always(kind: Kind) -> Gives:
    """Return what gives one type, whatever the arguments are."""
    return lambda kinds: kind


def like_first(kinds: Sequence[Kind]) -> Kind:
    """Return the type of the first argument."""
    return kinds[0]


def known(values: Values) -> Values:
    """Return the values that are not null."""
    return [value for value in values if value is not None]
