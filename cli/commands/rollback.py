"""``rollback``: go back to a kept generation."""

from __future__ import annotations

import argparse

from cli.interface import Command, Exit, Session
from cli.options import generation


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--to", type=generation, metavar="NUMBER", help="which generation (default: the one before)")


def _run(session: Session) -> Exit:
    from shared.projections.pointer import roll_back

    changed = session.app.generations.change(lambda found: roll_back(found, session.asked.to))
    kept = ", ".join(map(str, changed.kept))
    session.answer(changed, lambda: session.console.print(f"Generation {changed.live} is live; kept: {kept}."))
    return Exit.OK


COMMAND = Command(
    "rollback",
    "make the generation before the live one again",
    "Make a kept generation the live one again. It has been kept up to date, so that this takes a moment only;\n"
    "readers follow within seconds. The generation that was live is kept in turn.",
    _arguments,
    _run,
)
