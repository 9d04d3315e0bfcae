"""What a command is made of. One module of ``cli/commands`` holds each, as ``COMMAND``."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

    from shared.bootstrap import App


class Exit(IntEnum):
    """The exit status of every command."""

    OK = 0
    PROBLEM = 1
    WRONG_USE = 2
    NOT_FOUND = 3
    INTERRUPTED = 130


STANDARD_STREAM = "-"  # standard output or input in the place of a file


class WrongUse(Exception):
    """A command was asked for something that makes no sense; the message says what does."""


class CommandFailed(Exception):
    """A command cannot do what it was asked for; the message says why, and what to do."""


@dataclass(frozen=True)
class Session:
    """What a command works with: the installation, what was asked for, and where to write.

    What people read goes to ``console``: standard output, or standard error where ``--json`` has the former. Progress
    and remarks go to ``errors``, which is always standard error.
    """

    app: App
    asked: argparse.Namespace
    console: Console
    errors: Console
    write_json: Callable[[Any], None] | None

    @property
    def query(self) -> dict[str, str]:
        """What was asked for under the names that the parameters of the HTTP API have."""
        return {name: text for name, text in vars(self.asked).items() if isinstance(text, str)}

    def say(self, line: str) -> None:
        """Write a line for people, however long it is."""
        self.console.print(line, soft_wrap=True)

    def remark(self, line: str) -> None:
        """Write to standard error what is no part of the answer."""
        self.errors.print(line, soft_wrap=True)

    def answer(self, machine: Any, people: Callable[[], None], caveat: str = "") -> None:
        """Give the result once, as JSON where that was asked for, else in words; and what has to be known of it."""
        if self.write_json is not None:
            from shared.api.caveats import with_caveat

            self.write_json(with_caveat(machine, caveat))
            return
        people()
        if caveat:
            self.say(f"! {caveat[0].upper()}{caveat[1:]}: what is shown is not kept up to date.")


@dataclass(frozen=True)
class Command:
    """A command by its name; ``about`` is its line in the list, ``details`` what its own ``--help`` says besides."""

    name: str
    about: str
    details: str
    add_arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[Session], Exit]
