"""The layout of a snapshot: one SQLite file, made to be read by ecosystem, package name and version key."""

from pathlib import Path
from typing import NamedTuple

import msgspec

from shared.domain.findings import Rating

FORMAT = 4
"""Kept in ``PRAGMA user_version`` and part of the snapshot's id; raised when the layout or its meaning changes.

Raise it also when matching finds something else in the same snapshot: every image is then matched anew.
"""

TABLES = """
CREATE TABLE snapshot (id TEXT NOT NULL);

CREATE TABLE feed (
    id INTEGER PRIMARY KEY, ecosystem TEXT NOT NULL, base TEXT NOT NULL, version TEXT NOT NULL, archive TEXT NOT NULL,
    listing TEXT NOT NULL, content TEXT NOT NULL, refreshed TEXT NOT NULL, fetched_at TEXT NOT NULL,
    whole_at TEXT NOT NULL, records INTEGER NOT NULL, unreadable INTEGER NOT NULL, unreadable_names TEXT NOT NULL,
    newest_modified TEXT NOT NULL, UNIQUE (ecosystem, base)
);

-- Every record of a feed, of use or not. modified is as the record says, null where it cannot be read; digest is the
-- sha256 of its bytes.
CREATE TABLE record (
    id INTEGER PRIMARY KEY, feed INTEGER NOT NULL, name TEXT NOT NULL, modified TEXT, digest BLOB NOT NULL
);
CREATE INDEX record_by_name ON record (feed, name);

-- An ecosystem with its release, such as Debian:12. Two feeds may both hold one.
CREATE TABLE ecosystem (id INTEGER PRIMARY KEY, feed INTEGER NOT NULL, name TEXT NOT NULL, scheme TEXT);

-- A record that describes a flaw, under the id of the record. details: MessagePack of Details.
CREATE TABLE advisory (id INTEGER PRIMARY KEY, details BLOB NOT NULL);

-- Exactly one of these is set: start with stop (fixed may be), exact (versions, each between line feeds), undecided.
-- modules: of RPM builds, see modules.py. will_not_fix: 1 where the vendor says so.
CREATE TABLE affected (
    ecosystem INTEGER NOT NULL, name TEXT NOT NULL, advisory INTEGER NOT NULL, part INTEGER NOT NULL,
    start BLOB, stop BLOB, fixed TEXT, exact TEXT, undecided TEXT, ratings BLOB, modules TEXT,
    will_not_fix INTEGER, PRIMARY KEY (ecosystem, name, advisory, part)
) WITHOUT ROWID;

-- The names of the flaw of each advisory that rates it, for the severity of advisories that do not.
CREATE TABLE rated (name TEXT NOT NULL, advisory INTEGER NOT NULL, PRIMARY KEY (name, advisory)) WITHOUT ROWID;
"""


class Details(msgspec.Struct, frozen=True, array_like=True):
    """What a finding shows of an advisory.

    ``names`` are all names of the one flaw that it describes. An erratum that fixes several flaws lists them in
    ``covers`` instead, and has only its own name.
    """

    id: str
    names: tuple[str, ...]
    covers: tuple[str, ...]
    published: str | None
    title: str
    references: tuple[str, ...]
    ratings: tuple[Rating, ...]


class AffectedRow(NamedTuple):
    """A row of ``affected`` for one package of one ecosystem."""

    advisory: int
    start: bytes | None
    stop: bytes | None
    fixed: str | None
    exact: str | None
    undecided: str | None
    ratings: bytes | None
    modules: str | None = None
    will_not_fix: bool | None = None


class FeedRow(NamedTuple):
    """A row of ``feed``: where its records came from and how fresh they are.

    ``version`` is the ETag of the feed's archive or its equivalent, ``archive`` the sha256 of the archive's bytes (both
    empty once single records have been fetched since) and ``listing`` the ETag of its list of records. ``content`` is
    the sha256 of all records, which stays the same when only the archive was made anew. ``refreshed`` says how news
    came last, ``whole`` or by ``changes`` only, and ``fetched_at`` when; at ``whole_at`` the feed was last read or
    confirmed as a whole. ``unreadable_names`` are the first entries that could not be read, one a line. Times are RFC
    3339 UTC.
    """

    id: int
    ecosystem: str
    base: str
    version: str
    archive: str
    listing: str = ""
    content: str = ""
    refreshed: str = ""
    fetched_at: str = ""
    whole_at: str = ""
    records: int = 0
    unreadable: int = 0
    unreadable_names: str = ""
    newest_modified: str = ""


def read_only_uri(path: Path) -> str:
    """Return the address under which SQLite opens a finished snapshot, which nobody changes any more."""
    return path.absolute().as_uri() + "?mode=ro&immutable=1"
