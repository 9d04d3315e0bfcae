"""Files that commands read, or standard input in their place."""

from __future__ import annotations

import sys
from pathlib import Path

from cli.interface import STANDARD_STREAM, CommandFailed

MOST_BYTES = 1024 * 1024


def content(file: str) -> bytes:
    """Return what a file holds; raise CommandFailed where that is too much, or OSError."""
    if file == STANDARD_STREAM:
        read = sys.stdin.buffer.read(MOST_BYTES + 1)
    else:
        with Path(file).open("rb") as opened:
            read = opened.read(MOST_BYTES + 1)
    if len(read) > MOST_BYTES:
        raise CommandFailed(f"{file} has more than {MOST_BYTES:,} bytes: that is no rule")
    return read
