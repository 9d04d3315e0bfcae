"""What feeds of exploit signals are read into, and how their state is told."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

CVE = r"^CVE-[0-9]{4}-[0-9]{4,19}\Z"
KEV = "kev"
EPSS = "epss"


class KevEntry(NamedTuple):
    """A vulnerability that is known to be exploited; days are ``YYYY-MM-DD``."""

    cve: str
    added: str
    due: str | None
    ransomware: bool


class EpssScore(NamedTuple):
    """The probability of exploitation and its percentile, from 0 to 1."""

    cve: str
    score: float
    percentile: float


class SignalRows[Row](NamedTuple):
    """The rows of a feed in the order of their names, and the feed's own name of this edition."""

    rows: tuple[Row, ...]
    edition: str


class SignalFeed(msgspec.Struct, frozen=True, rename="camel"):
    """The state of a feed. Times are RFC 3339 UTC; ``failure`` says why the last try brought nothing new.

    At ``confirmed_at`` it was last read or found unchanged; ``version`` tells the content from others, as its ETag.
    ``edition`` is the feed's own name of what is held: the catalog's version, the day of the scores.
    """

    name: str
    source: str
    checked_at: str
    confirmed_at: str = ""
    failure: str | None = None
    entries: int = 0
    edition: str = ""
    version: str = ""
