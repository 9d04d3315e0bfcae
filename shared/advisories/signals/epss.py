"""The scores of the Exploit Prediction Scoring System: https://www.first.org/epss/data_stats.

A table of comma-separated values, compressed or not: a comment that names model and day, the names of the columns, and
a line for each CVE.
"""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import BinaryIO, cast

from shared.advisories.archive import FeedBroken
from shared.advisories.signals.interface import EpssScore, SignalRows

MAX_BYTES = 256 << 20
_MOST = 3_000_000
_MAX_LINE = 200
_MAGIC = b"\x1f\x8b"
_COLUMNS = "cve,epss,percentile"
_NUMBER = r"([0-9](?:\.[0-9]{1,20})?(?:[eE]-[0-9]{1,3})?)"
_LINE = re.compile(rf"(CVE-[0-9]{{4}}-[0-9]{{4,19}}),{_NUMBER},{_NUMBER}", re.ASCII)
_DAY = re.compile(r"score_date:([0-9]{4}-[0-9]{2}-[0-9]{2})", re.ASCII)


def read_epss(path: Path) -> SignalRows[EpssScore]:
    """Return the scores in the order of their names, or raise FeedBroken."""
    try:
        with path.open("rb") as file:
            return _read(_lines(file))
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise FeedBroken(f"the EPSS scores are truncated, or no such table: {error}") from error


def _read(lines: Iterator[str]) -> SignalRows[EpssScore]:
    first = next(lines, "")
    day = _DAY.search(first) if first.startswith("#") else None
    columns = next(lines, "") if first.startswith("#") else first
    if columns != _COLUMNS:
        raise FeedBroken(f"the EPSS scores have the columns {ascii(columns)[:100]} instead of {_COLUMNS}")
    rising = sorted(map(_score, islice(lines, _MOST)), key=lambda one: one.score)
    scores = {one.cve: one for one in rising}  # of two for one flaw the higher: rules hide what is low
    if next(lines, None) is not None:
        raise FeedBroken(f"the EPSS scores have more than {_MOST} lines")
    if not scores:
        raise FeedBroken("the EPSS scores are empty")
    return SignalRows(tuple(scores[name] for name in sorted(scores)), day[1] if day else "")


def _score(line: str) -> EpssScore:
    found = _LINE.fullmatch(line)
    if found is None:
        raise FeedBroken(f"the EPSS scores have an odd line: {ascii(line)[:100]}")
    score = EpssScore(found[1], float(found[2]), float(found[3]))
    if score.score > 1 or score.percentile > 1:
        raise FeedBroken(f"the EPSS scores have a probability above 1: {line}")
    return score


def _lines(file: BinaryIO) -> Iterator[str]:
    start = file.read(len(_MAGIC))
    file.seek(0)
    content = cast(BinaryIO, gzip.GzipFile(fileobj=file)) if start == _MAGIC else file
    left = MAX_BYTES
    # A bomb of one line is cut off after a few bytes of it.
    for line in iter(lambda: content.readline(_MAX_LINE), b""):
        left -= len(line)
        if left < 0:
            raise FeedBroken(f"the EPSS scores inflate to more than {MAX_BYTES} bytes")
        yield line.decode("ascii").rstrip("\r\n")
