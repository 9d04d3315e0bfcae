"""``import``: take a log that was exported."""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from cli.documents import add_arguments, folder
from cli.interface import STANDARD_STREAM, Command, Exit, Session
from cli.progress import walking

if TYPE_CHECKING:
    from shared.services.import_log import Imported


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", metavar="FILE", help="what `export` has written; - is standard input")
    add_arguments(parser)


def _run(session: Session) -> Exit:
    documents = folder(session.asked, session.asked.source)
    with _file(session.asked.source) as source, walking(session, "Importing") as progress:
        imported = session.app.import_log(source, documents, progress)
    session.answer(imported, lambda: _print(session, imported))
    return Exit.OK


@contextmanager
def _file(source: str) -> Iterator[Path]:
    """Give the file; what comes from standard input is kept for a while, since it is read twice."""
    if source != STANDARD_STREAM:
        yield Path(source)
        return
    with TemporaryDirectory() as kept:
        path = Path(kept) / "standard input"
        with path.open("wb") as file:
            shutil.copyfileobj(sys.stdin.buffer, file)
        yield path


def _print(session: Session, imported: Imported) -> None:
    say = session.say
    say(f"The file holds {imported.streams:,} streams, {imported.events:,} events; {imported.documents:,} documents.")
    say(f"{imported.written:,} events were imported, the others were there.")
    say("Run `rebuild` now: nothing is shown of what was imported before the projections are made.")


COMMAND = Command(
    "import",
    "take an event log that was exported",
    "Import a log that `export` has written, with its documents, into an installation that has none and does not run.\n"
    "All of the file is verified before anything is written; one that was cut off or changed is refused, and\n"
    "so is a log that is not empty. An import that was interrupted is taken up by importing the same file again.\n"
    "Afterwards run `rebuild`, which makes the projections.",
    _arguments,
    _run,
)
