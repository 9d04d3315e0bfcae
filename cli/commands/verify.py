"""``verify``: hold the log against its hashes."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from cli.interface import Command, Exit, Session
from cli.options import stream
from cli.progress import walking

if TYPE_CHECKING:
    from shared.services.verify_log import Verified

_MOST_SHOWN = 50


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("stream", nargs="?", type=stream, metavar="STREAM", help="only this stream (default: all)")


def _run(session: Session) -> Exit:
    with walking(session, "Verifying") as progress:
        verified = session.app.verify_log(session.asked.stream, progress)
    session.answer(verified, lambda: _print(session, verified))
    return Exit.PROBLEM if verified.problems else Exit.OK


def _print(session: Session, verified: Verified) -> None:
    say = session.say
    say(f"Verified: {verified.streams:,} streams, {verified.events:,} events, {verified.documents:,} documents.")
    if verified.unguarded:
        say(
            f"{verified.unguarded:,} events are from before there were hashes: nothing tells whether they were changed."
        )
    for problem in verified.problems[:_MOST_SHOWN]:
        # Names and contents of rows are a stranger's text where somebody has tampered with them.
        say(f"! {ascii(problem.stream)[1:-1]}, event {problem.version}: {ascii(problem.what)[1:-1]}")
    if len(verified.problems) > _MOST_SHOWN:
        say(f"! and {len(verified.problems) - _MOST_SHOWN:,} more: --json tells all")
    if not verified.problems:
        say("Everything is as it was written.")


COMMAND = Command(
    "verify",
    "hold the event log against its hashes",
    "Verify the event log: walk the hash chain of every stream, and read every report and inventory that an event\n"
    "names. Of a stream that is not as it was written the first place is told, and the exit status is 1. The product\n"
    "may go on meanwhile. Nothing is changed.",
    _arguments,
    _run,
)
