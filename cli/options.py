"""The command line: which commands there are, and what all of them take."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cli.interface import Command

if TYPE_CHECKING:
    from shared.eventlog.interface import StreamName

_DESCRIPTION = """Read an installation of Plimsoll: images, findings, what to do, rules, the bill. And look after it:
its projections, its dead letters, its event log."""

_EPILOG = """The installation is the one that the environment names: the settings are those of the function app
(AzureWebJobsStorage, SUBSCRIPTION_ID, UNHEALTHY_FROM, ...) and must be the same. Without AzureWebJobsStorage it is the
one that `make run` has started on this machine.

exit status: 0 all is well, 1 a problem was found (as --fail-on says) or the command failed, 2 wrong use or wrong
settings, 3 what was asked for is not there, 130 interrupted"""


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
        add_common(added, data)
        command.add_arguments(added)
    return parser.parse_args(arguments)


def add_common(parser: argparse.ArgumentParser, data: Path | None = None) -> None:
    """Add what every command takes; without ``data`` to a part of a command, which leaves alone what was given."""
    parser.add_argument(
        "--json",
        action="store_true",
        default=argparse.SUPPRESS if data is None else False,
        help="write the result as JSON to standard output",
    )
    parser.add_argument(
        "--data",
        type=Path,
        default=data or argparse.SUPPRESS,
        metavar="FOLDER",
        help="where `make run` keeps its data" + (f" (default: {data})" if data else ""),
    )


def add_as_of(parser: argparse.ArgumentParser) -> None:
    """Add the time as of which the log is read."""
    parser.add_argument(
        "--as-of", dest="asOf", metavar="TIME", help="as the log knew it then, such as 2026-11-22T10:00:00Z"
    )


def add_top(parser: argparse.ArgumentParser) -> None:
    """Add how many items of a list are wanted."""
    parser.add_argument("--top", type=at_least_one, metavar="COUNT", help="only the first so many (default: all)")


def add_filters(parser: argparse.ArgumentParser, *names: str) -> None:
    """Add parameters of the HTTP API that are texts, each under its own name."""
    for name in names:
        parser.add_argument(f"--{name}", metavar=name.upper())


def add_fail_on(parser: argparse.ArgumentParser, choices: Sequence[str], what: str) -> None:
    """Add what makes the exit status 1."""
    parser.add_argument(
        "--fail-on",
        type=lambda text: _some_of(text, choices),
        default=frozenset(),
        metavar="WORDS",
        help=f"exit with 1 {what}; words of {', '.join(choices)}, with commas between",
    )


def _some_of(text: str, choices: Sequence[str]) -> frozenset[str]:
    words = frozenset(text.split(","))
    if not words <= frozenset(choices):
        raise argparse.ArgumentTypeError(f"{text!a} is not made of {', '.join(choices)} with commas between")
    return words


def count(text: str) -> int:
    """Read a number from 1 to 64, for argparse."""
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 64):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to 64")
    return int(text)


def at_least_one(text: str) -> int:
    """Read a number from 1 on, for argparse."""
    if not (number := whole_number(text)):
        raise argparse.ArgumentTypeError("0 is nothing: leave it away for all")
    return number


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
