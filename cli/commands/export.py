"""``export``: write the log to a file."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from cli.documents import add_arguments, folder
from cli.interface import STANDARD_STREAM, Command, Exit, Session, WrongUse
from cli.progress import walking

if TYPE_CHECKING:
    from shared.services.export_log import Exported


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("target", metavar="FILE", help="the file; compressed if it ends in .gz; - is standard output")
    add_arguments(parser)


def _run(session: Session) -> Exit:
    target: str = session.asked.target
    if target == STANDARD_STREAM and session.asked.json:
        raise WrongUse("standard output cannot take both the log and the result: name a file, or leave --json out")
    documents = folder(session.asked, target)
    export, output = session.app.export_log, sys.stdout.buffer
    with walking(session, "Exporting") as progress:
        if target == STANDARD_STREAM:
            exported = export.write(output, documents, progress)
            output.flush()
        else:
            exported = export(Path(target), documents, progress)
    session.answer(exported, lambda: _print(session, exported, documents))
    return Exit.OK


def _print(session: Session, exported: Exported, documents: Path | None) -> None:
    say = session.say
    say(f"Exported: {exported.streams:,} streams, {exported.events:,} events to {session.asked.target}.")
    if documents:
        say(f"{exported.documents:,} documents are in {documents}: an import needs both.")
    else:
        say("Documents were left out: without those in storage, an import has no findings to show.")


COMMAND = Command(
    "export",
    "write the event log to a file",
    "Export the event log as lines of JSON, one event a line with its hash, and the reports and inventories that the\n"
    "events name to a folder beside it. Everything is verified on the way; a log that is not as it was written is not\n"
    "exported, and the exit status is 1. The file gets its name once it is whole. The product may go on meanwhile.",
    _arguments,
    _run,
)
