"""What is fuzzed: a target is a parser, valid inputs of it, and what must hold for every other input."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Target:
    """One parser. ``check`` raises AssertionError, or whatever the parser should not have let through.

    ``seeds`` makes valid inputs to start from; inputs are never longer than ``longest`` bytes.
    """

    name: str
    check: Callable[[bytes], None]
    seeds: Callable[[], Sequence[bytes]]
    longest: int = 16 * 1024
