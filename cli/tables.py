"""Tables: coloured and as wide as the terminal where there is one, else a line for each row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
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
    texts = [[_text(told) for told in row] for row in rows]
    if session.console.is_terminal:
        session.console.print(_table(columns, texts, narrow=session.console.width < _NARROW))
    else:
        headings = [column.heading for column in columns]
        session.console.file.writelines(_lines([headings, *texts], [column.number for column in columns]))


def facts(session: Session, pairs: Iterable[tuple[str, object]]) -> None:
    """Write what is known of one thing, a line each."""
    texts = [[name, _text(told)] for name, told in pairs]
    if session.console.is_terminal:
        session.console.print(_listing(texts))
    else:
        session.console.file.writelines(_lines(texts, [False, False]))


def _text(told: object) -> str:
    return f"{told:,}" if isinstance(told, int) else plain(told)


def _table(columns: Sequence[Column], rows: Iterable[Sequence[str]], *, narrow: bool) -> Table:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, collapse_padding=narrow, header_style="bold")
    for column in columns:
        table.add_column(
            column.heading,
            no_wrap=column.whole or column.number,
            overflow="fold",
            justify="right" if column.number else "left",
        )
    for row in rows:
        table.add_row(*map(_cell, row))
    return table


def _listing(pairs: Iterable[Sequence[str]]) -> Table:
    from rich.table import Table

    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_column(no_wrap=True, style="dim")
    table.add_column(overflow="fold")
    for name, told in pairs:
        table.add_row(name, _cell(told))
    return table


def _cell(text: str) -> Text:
    from rich.text import Text

    # Never text alone: rich would read its own markup in it.
    return Text(text, style=_STYLES.get(text, ""))


def _lines(rows: Sequence[Sequence[str]], numbers: Sequence[bool]) -> Iterator[str]:
    """Yield a line for each row, whatever its length: rich would take ten times as long, and knows no such width."""
    from rich.cells import cell_len

    lengths = [[cell_len(text) for text in row] for row in rows]
    widths = [max(column) for column in zip(*lengths, strict=True)]
    for row, taken in zip(rows, lengths, strict=True):
        padded = (
            " " * (width - length) + text if number else text + " " * (width - length)
            for text, length, width, number in zip(row, taken, widths, numbers, strict=True)
        )
        yield "  ".join(padded).rstrip() + "\n"
