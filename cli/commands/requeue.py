"""``requeue``: take dead letters up again."""

from __future__ import annotations

import argparse

from cli.interface import Command, CommandFailed, Exit, Session
from cli.tables import Column, show


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
    if not results:
        session.say("There are no dead letters.")
        return
    last = "error" if session.asked.list else "result"
    columns = [Column("source"), Column("id"), Column("since", whole=True), Column(last)]
    show(session, columns, map(_row, results))


def _row(one: dict[str, object]) -> list[object]:
    return [one["source"], one["id"], f"{one['at']:%Y-%m-%dT%H:%M:%SZ}", one["error"] or "done"]


COMMAND = Command(
    "requeue",
    "take dead letters up again",
    "Take dead letters up again: a stream is projected from where its row stands, an event of a registry is received\n"
    "once more. A letter that fails again stays, with its new error, and the exit status is 1. While a stream has a\n"
    "letter its image is shown as not assessed; all other streams go on.",
    _arguments,
    _run,
)
