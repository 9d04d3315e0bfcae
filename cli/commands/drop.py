"""``drop``: delete a kept generation."""

from __future__ import annotations

import argparse

from cli.interface import Command, Exit, Session
from cli.options import generation


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("number", type=generation, metavar="NUMBER", help="the generation to delete")


def _run(session: Session) -> Exit:
    number = session.asked.number
    changed = session.app.drop_generation(number)
    session.answer(changed, lambda: session.console.print(f"Generation {number} is deleted."))
    return Exit.OK


COMMAND = Command(
    "drop",
    "delete a generation that is kept",
    "Delete a generation that is kept beside the live one. Nothing is lost: any generation can be made of the log.",
    _arguments,
    _run,
)
