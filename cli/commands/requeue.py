"""``requeue``: take dead letters up again."""

from __future__ import annotations

import argparse

from cli.interface import Command, CommandFailed, Exit, Session


def _arguments(parser: argparse.ArgumentParser) -> None:
    chosen = parser.add_mutually_exclusive_group(required=True)
    chosen.add_argument("wanted", nargs="?", metavar="STREAM-OR-ID", help="a stream, or the id of a letter")
    chosen.add_argument("--all", action="store_true", help="all letters")
    chosen.add_argument("--list", action="store_true", help="only show them")


def _run(session: Session) -> Exit:
    session.app.check_settings()
    requeue = session.app.requeue
    letters = list(requeue.letters(session.asked.wanted))
    if session.asked.wanted and not letters:
        raise CommandFailed(f"no dead letter is of {session.asked.wanted}: see `requeue --list`")
    results = []
    for letter in letters:
        error = letter.error if session.asked.list else requeue(letter)
        results.append({"source": letter.source, "id": letter.id, "at": letter.at, "error": error})
    session.answer(results, lambda: _print(session, results))
    return Exit.PROBLEM if any(result["error"] for result in results) else Exit.OK


def _print(session: Session, results: list[dict[str, object]]) -> None:
    from rich.table import Table

    table = Table("source", "id", "since", "error" if session.asked.list else "result", box=None, pad_edge=False)
    for one in results:
        table.add_row(str(one["source"]), ascii(one["id"])[1:-1], f"{one['at']:%Y-%m-%d %H:%M}", _safe(one["error"]))
    session.console.print(table if results else "There are no dead letters.")


def _safe(error: object) -> str:
    # Text of events is a stranger's text: a terminal must not obey it.
    return ascii(error)[1:-1] if error else "done"


COMMAND = Command(
    "requeue",
    "take dead letters up again",
    "Take dead letters up again: a stream is projected from where its row stands, an event of a registry is received\n"
    "once more. A letter that fails again stays, with its new error, and the exit status is 1. While a stream has a\n"
    "letter its image is shown as not assessed; all other streams go on.",
    _arguments,
    _run,
)
