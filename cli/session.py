"""Put together what a command works with."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from typing import Any

import msgspec
from rich.console import Console

from cli.installation import open_installation
from cli.interface import STANDARD_STREAM, Session

# Where there is no terminal to fit into, lines are as long as the tables are.
_WIDTH = 120


def open_session(asked: argparse.Namespace, environment: Mapping[str, str]) -> Session:
    """Open the installation; raise InvalidSettings or CommandFailed."""
    taken = asked.json or vars(asked).get("target") == STANDARD_STREAM
    stream = sys.stderr if taken else sys.stdout
    console = Console(file=stream, width=None if stream.isatty() else _WIDTH, highlight=False, markup=False)
    app = open_installation(environment, asked.data)
    return Session(app, asked, console, _write_json if asked.json else None)


def _write_json(result: Any) -> None:
    sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(result)) + b"\n")
