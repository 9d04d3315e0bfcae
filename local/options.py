"""The command line of ``python -m local``."""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from local.folders import PROJECT
from local.ports import Port

ZERO_SUBSCRIPTION = "00000000-0000-0000-0000-000000000000"


class AzuritePorts(NamedTuple):
    """The ports of the three services of Azurite."""

    blob: int
    queue: int
    table: int


class Options(NamedTuple):
    """What a start was asked for."""

    port: int
    registry_port: int
    azurite_ports: AzuritePorts
    folder: Path
    samples: bool
    subscription_id: str
    with_parent: bool

    @property
    def ports(self) -> list[Port]:
        """Every port that this start listens on at a number that the user chose."""
        azurite = [Port(number, "Azurite", "--azurite-ports") for number in self.azurite_ports]
        return [
            Port(self.port, "the Functions host", "--port"),
            Port(self.registry_port, "the registry", "--registry-port"),
            *azurite,
        ]


def parse(arguments: Sequence[str], environment: Mapping[str, str]) -> Options:
    """Read the command line; a setting in the environment is the default of the option of that name.

    Leaves the program with argparse's message and exit status 2 when the arguments are wrong.
    """
    chosen = _parser(environment).parse_args(arguments)
    return Options(
        port=chosen.port,
        registry_port=chosen.registry_port,
        azurite_ports=chosen.azurite_ports,
        folder=chosen.data.resolve(),
        samples=chosen.samples,
        subscription_id=chosen.subscription_id,
        with_parent=chosen.with_parent,
    )


def _parser(environment: Mapping[str, str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m local",
        description="Run Plimsoll on this machine: Azurite, a container registry and the Functions host, on 127.0.0.1.",
        epilog="Settings such as REGISTRIES, OSV_BASE or SUPPORT_MATRIX are taken from the environment.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument("command", nargs="?", choices=["run"], default="run", help="what to do")
    parser.add_argument("--port", type=_port, default=7071, help="of the dashboard and the API")
    parser.add_argument("--registry-port", type=_port, default=5055, help="of the container registry")
    parser.add_argument(
        "--azurite-ports", type=_azurite_ports, default="10000,10001,10002", help="for blobs, queues and tables"
    )
    parser.add_argument("--data", type=Path, default=PROJECT / ".plimsoll", help="folder that keeps everything")
    parser.add_argument(
        "--no-samples", dest="samples", action="store_false", help="push no sample images and read no sample advisories"
    )
    parser.add_argument(
        "--subscription-id",
        default=environment.get("SUBSCRIPTION_ID") or ZERO_SUBSCRIPTION,
        help="the subscription in resource ids",
    )
    parser.add_argument("--with-parent", action="store_true", help="stop when the program that started this one ends")
    return parser


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 65535):
        raise argparse.ArgumentTypeError(f"{text!r} is not a port from 1 to 65535")
    return int(text)


def _azurite_ports(text: str) -> AzuritePorts:
    numbers = [_port(part) for part in text.split(",")]
    if len(numbers) != 3:
        raise argparse.ArgumentTypeError(f"{text!r} is not three ports with commas between them")
    return AzuritePorts(*numbers)
