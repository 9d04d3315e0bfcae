"""How a service that walks the whole log says how far it is."""

from collections.abc import Callable

type Progress = Callable[[int, int], None]
"""Called after each stream with how many are done, and how many there are."""


def silent(done: int, total: int) -> None:
    """Say nothing."""
