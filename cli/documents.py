"""Where the documents of an exported log are: what ``export`` and ``import`` take besides the file."""

from __future__ import annotations

import argparse
from pathlib import Path

from cli.interface import STANDARD_STREAM, WrongUse

_SUFFIX = ".documents"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the choice of a folder to a command."""
    chosen = parser.add_mutually_exclusive_group()
    chosen.add_argument(
        "--documents",
        type=Path,
        metavar="FOLDER",
        help=f"where reports and inventories are (default: FILE{_SUFFIX})",
    )
    chosen.add_argument("--without-documents", action="store_true", help="only the log: storage has the documents")


def folder(asked: argparse.Namespace, file: str) -> Path | None:
    """Return the folder that was asked for, None for none; raise WrongUse where it cannot be told."""
    if asked.without_documents:
        return None
    if asked.documents is not None:
        return Path(asked.documents)
    if file == STANDARD_STREAM:
        raise WrongUse("with - for the file, name the folder of the documents: --documents or --without-documents")
    return Path(file + _SUFFIX)
