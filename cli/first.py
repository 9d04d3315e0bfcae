"""The first items of a list: how many to read, to show, and what to say of the others."""

from __future__ import annotations

from collections.abc import Sequence

from cli.interface import Session


def most(session: Session) -> int | None:
    """Return how many items must be read, None for all: one more than is shown tells whether there are others."""
    wanted: int | None = session.asked.top
    everything = wanted is None or getattr(session.asked, "fail_on", None)
    return None if everything or wanted is None else wanted + 1


def tell_others(session: Session, shown: Sequence[object], read: Sequence[object]) -> None:
    """Say beside a list that it is not all."""
    if len(read) > len(shown):
        session.remark(f"Only the first {len(shown):,} are shown.")
