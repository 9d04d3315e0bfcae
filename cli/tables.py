"""Tables: coloured and as wide as the terminal where there is one, else a line for each row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cli.interface import Session
from cli.text import plain

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

_STYLES = {
    "unhealthy": "red",
    "not-assessed": "yellow",
    "unsupported": "dim",
    "healthy": "green",
    "critical": "bold red",
    "high": "red",
    "medium": "yellow",
    "low": "cyan",
    "unknown": "magenta",
    "negligible": "dim",
    "expired": "dim",
    "removed": "dim",
}

_NARROW = 110  # characters: from here on columns stand closer


@dataclass(frozen=True)
class Column:
    """A column by its heading; ``whole`` ones are never broken into lines, numbers stand at the right."""

    heading: str
    whole: bool = False
    number: bool = False


def show(session: Session, columns: Sequence[Column], rows: Iterable[Sequence[object]]) -> None:
    """Write a table of texts, which may be of strangers, and of numbers."""
    table = _table(columns, narrow=session.console.width < _NARROW)
    for row in rows:
        table.add_row(*map(_cell, row))
    _write(session, table)


def facts(session: Session, pairs: Iterable[tuple[str, object]]) -> None:
    """Write what is known of one thing, a line each."""
    from rich.table import Table

    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_column(no_wrap=True, style="dim")
    table.add_column(overflow="fold")
    for name, told in pairs:
        table.add_row(name, _cell(told))
    _write(session, table)


def _table(columns: Sequence[Column], *, narrow: bool) -> Table:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, collapse_padding=narrow, header_style="bold")
    for column in columns:
        table.add_column(
            column.heading,
            no_wrap=column.whole or column.number,
            overflow="fold",
            justify="right" if column.number else "left",
        )
    return table


def _cell(told: object) -> Text:
    from rich.text import Text

    text = f"{told:,}" if isinstance(told, int) else plain(told)
    # Never text alone: rich would read its own markup in it.
    return Text(text, style=_STYLES.get(text, ""))


def _write(session: Session, table: Table) -> None:
    console = session.console
    if console.is_terminal:
        console.print(table)
        return
    with console.capture() as captured:
        console.print(table)
    console.file.writelines(f"{line.rstrip()}\n" for line in captured.get().splitlines())
