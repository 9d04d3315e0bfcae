"""The command line: which commands there are, and what all of them take."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cli.interface import Command

if TYPE_CHECKING:
    from shared.eventlog.interface import StreamName

_DESCRIPTION = """Look after an installation of Plimsoll: its projections, its dead letters, its event log."""

_EPILOG = """The installation is the one that the environment names: the settings are those of the function app
(AzureWebJobsStorage, SUBSCRIPTION_ID, UNHEALTHY_FROM, ...) and must be the same. Without AzureWebJobsStorage it is the
one that `make run` has started on this machine.

exit status: 0 all is well, 1 a problem was found or the command failed, 2 wrong use or wrong settings,
130 interrupted"""


def parse(arguments: Sequence[str], commands: Sequence[Command], data: Path) -> argparse.Namespace:
    """Read the command line; leave the program with a message and exit status 2 where it is wrong."""
    parser = argparse.ArgumentParser(
        prog="python -m cli",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    chosen = parser.add_subparsers(title="commands", dest="command", metavar="COMMAND", required=True)
    for command in commands:
        added = chosen.add_parser(
            command.name,
            help=command.about,
            description=command.details,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        added.add_argument("--json", action="store_true", help="write the result as JSON to standard output")
        added.add_argument(
            "--data",
            type=Path,
            default=data,
            metavar="FOLDER",
            help="where `make run` keeps its data (default: %(default)s)",
        )
        command.add_arguments(added)
    return parser.parse_args(arguments)


def count(text: str) -> int:
    """Read a number from 1 to 64, for argparse."""
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 64):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to 64")
    return int(text)


def whole_number(text: str) -> int:
    """Read a number from 0 on, for argparse."""
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number")
    return int(text)


def generation(text: str) -> int:
    """Read the number of a generation, for argparse."""
    if not (text.isascii() and text.isdigit() and 1 <= int(text) < 1_000_000):
        raise argparse.ArgumentTypeError(f"{text!r} is not the number of a generation")
    return int(text)


def stream(text: str) -> StreamName:
    """Read the name of a stream, for argparse."""
    from shared.domain.stored_names import STREAM_KINDS
    from shared.eventlog.interface import StreamName

    name = StreamName.parse(text)
    if len(name.parts) != STREAM_KINDS.get(name.kind):
        raise argparse.ArgumentTypeError(f"{text!a} is not the name of a stream, such as image|REGISTRY|DIGEST")
    return name
