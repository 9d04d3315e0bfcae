"""A snapshot of exploit signals: one SQLite file, of what the feeds hold now or held when they could last be read."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import msgspec

from shared.advisories.archive import FeedBroken
from shared.advisories.download import FeedUnavailable
from shared.advisories.schema import read_only_uri
from shared.advisories.signals.fetch import Rows, Source, fetch_signals
from shared.advisories.signals.interface import EPSS, KEV, SignalFeed

FORMAT = 1
_TABLES = """
CREATE TABLE kev (cve TEXT PRIMARY KEY, added TEXT NOT NULL, due TEXT, ransomware INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE epss (cve TEXT PRIMARY KEY, score REAL NOT NULL, percentile REAL NOT NULL) WITHOUT ROWID;
"""
_INSERT = {KEV: "INSERT INTO kev VALUES (?, ?, ?, ?)", EPSS: "INSERT INTO epss VALUES (?, ?, ?)"}
_COPY = {KEV: "SELECT * FROM kev ORDER BY cve", EPSS: "SELECT * FROM epss ORDER BY cve"}
# Catalogs grow; one that lost most of its entries is a mistake of its server, and would make flaws look harmless.
_LEAST_SHARE = 0.5


class BuiltSignals(NamedTuple):
    """A snapshot that was made: its id, the hash of its content, and the state of the feeds in it."""

    id: str
    feeds: tuple[SignalFeed, ...]


def build_signals(
    target: Path, sources: Sequence[Source], old: Path | None, before: Iterable[SignalFeed], now: datetime
) -> BuiltSignals:
    """Make a snapshot of all sources; of one that cannot be read, or did not change, the old rows are kept."""
    known = {feed.name: feed for feed in before} if old else {}
    with closing(sqlite3.connect(target, isolation_level=None)) as new:
        new.executescript(f"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA user_version = {FORMAT};")
        new.executescript(_TABLES)
        new.execute("BEGIN")
        feeds = tuple(_add(new, one, known.get(one.name), old, target.parent, now) for one in sources if one.place)
        new.execute("COMMIT")
    with target.open("rb") as file:
        return BuiltSignals(hashlib.file_digest(file, "sha256").hexdigest()[:32], feeds)


def _add(
    new: sqlite3.Connection, source: Source, known: SignalFeed | None, old: Path | None, folder: Path, now: datetime
) -> SignalFeed:
    at = now.astimezone(UTC).isoformat()
    held = known or SignalFeed(source.name, source.place, at)
    same = held.source == source.place and held.entries > 0
    try:
        fetched = fetch_signals(source, held.version if same else "", folder)
        if fetched is not None:
            if same:
                _check_size(fetched.rows, held)
            new.executemany(_INSERT[source.name], fetched.rows.rows)
            count, edition = len(fetched.rows.rows), fetched.rows.edition
            return SignalFeed(source.name, source.place, at, at, None, count, edition, fetched.version)
        failure, confirmed = None, at
    except (FeedUnavailable, FeedBroken) as error:
        failure, confirmed = str(error), held.confirmed_at
    if old is not None and held.entries:
        _copy(new, source.name, old)
    return msgspec.structs.replace(held, checked_at=at, failure=failure, confirmed_at=confirmed)


def _check_size(rows: Rows, held: SignalFeed) -> None:
    if len(rows.rows) < held.entries * _LEAST_SHARE:
        raise FeedBroken(
            f"{held.source} holds {len(rows.rows)} entries after {held.entries}: what was read before stays in force;"
            " if that is right, switch the feed off for one refresh and on again"
        )


def _copy(new: sqlite3.Connection, name: str, old: Path) -> None:
    with closing(sqlite3.connect(read_only_uri(old), uri=True)) as kept:
        new.executemany(_INSERT[name], kept.execute(_COPY[name]))
