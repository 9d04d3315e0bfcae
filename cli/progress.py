"""What is shown while one waits, on standard error."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from cli.interface import Session

if TYPE_CHECKING:
    from rich.progress import Progress as Bars

    from shared.services.progress import Progress
    from shared.services.rebuild import Advance


@contextmanager
def advancing(session: Session, what: str, total: int) -> Iterator[Advance]:
    """Show a bar for work that tells how much more is done."""
    with _bars(session) as bars:
        task = bars.add_task(what, total=total)
        yield lambda done: bars.advance(task, done)


@contextmanager
def walking(session: Session, what: str) -> Iterator[Progress]:
    """Show a bar for work that tells how much of how many is done; until it does, only that it goes on."""
    with _bars(session) as bars:
        task = bars.add_task(what, total=None)
        yield lambda done, total: bars.update(task, completed=done, total=total)


@contextmanager
def reading(session: Session, what: str) -> Iterator[None]:
    """Show that work goes on which does not tell how far it is; only on a terminal, and gone when it is done."""
    if not session.errors.is_terminal:
        yield
        return
    with session.errors.status(what):
        yield


def _bars(session: Session) -> Bars:
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, TimeElapsedColumn(), TimeRemainingColumn(), console=session.errors)
