"""Put together what a command works with."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from typing import Any, TextIO

import msgspec
from rich.console import Console

from cli.installation import open_installation
from cli.interface import STANDARD_STREAM, Session

# Where there is no terminal to fit into, a row is one line, however long it is.
_WIDTH = 1_000_000


def open_session(asked: argparse.Namespace, environment: Mapping[str, str]) -> Session:
    """Open the installation; raise InvalidSettings or CommandFailed."""
    taken = asked.json or vars(asked).get("target") == STANDARD_STREAM
    errors = _console(sys.stderr)
    console = errors if taken else _console(sys.stdout)
    app = open_installation(environment, asked.data)
    return Session(app, asked, console, errors, _write_json if asked.json else None)


def _console(stream: TextIO) -> Console:
    console = Console(file=stream, highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        console.width = _WIDTH
    return console


def _write_json(result: Any) -> None:
    sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(result)) + b"\n")
