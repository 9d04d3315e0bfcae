"""What a subject gives to the process that times it."""

from collections.abc import Callable, Mapping

type Outcome = tuple[int, Mapping[str, int]]
"""How many operations were done, and facts that show what was done."""

type Timed = Callable[[], Outcome]
"""What is timed, once."""
