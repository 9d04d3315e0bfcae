"""Archives as files: compressed where the name ends in ``.gz``, and under their name only once they are whole."""

from __future__ import annotations

import gzip
import os
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from shared.eventlog.archive import ArchiveRefused, read_archive
from shared.eventlog.stored import StoredStream

_SUFFIX = ".gz"
_MAGIC = b"\x1f\x8b"  # RFC 1952, 2.3.1
_LEVEL = 6


@contextmanager
def created(target: Path) -> Iterator[IO[bytes]]:
    """Open a file that takes its name once it is whole and on disk; of one that is not finished nothing is left.

    Only its owner may read it. Raise OSError.
    """
    number, name = tempfile.mkstemp(prefix=f"{target.name}.", suffix=".partial", dir=target.parent)
    partial = Path(name)
    try:
        with open(number, "wb") as file:
            with _packing(file, target) as archive:
                yield archive
            file.flush()
            os.fsync(file.fileno())
        partial.replace(target)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


def streams_of(source: Path) -> Iterator[StoredStream]:
    """Yield the streams of a file, compressed or not, whatever its name; raise ArchiveRefused or OSError."""
    try:
        with source.open("rb") as file:
            packed = file.read(len(_MAGIC)) == _MAGIC
            file.seek(0)
            yield from read_archive(cast(IO[bytes], gzip.GzipFile(fileobj=file)) if packed else file)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise ArchiveRefused(f"{source.name} was cut off or changed: {error}") from error


@contextmanager
def _packing(file: IO[bytes], target: Path) -> Iterator[IO[bytes]]:
    if target.suffix != _SUFFIX:
        yield file
        return
    # Without the time of day and a name in it, the same log gives the same file.
    with gzip.GzipFile(filename="", mode="wb", compresslevel=_LEVEL, fileobj=file, mtime=0) as packed:
        yield cast(IO[bytes], packed)
