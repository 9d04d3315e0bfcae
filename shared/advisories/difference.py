"""What differs between two snapshots, as far as the report of any image can show it."""

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Literal, NamedTuple

import msgspec

from shared.advisories.dependence import WHOLE_ECOSYSTEM
from shared.advisories.lookup import SnapshotUnusable, open_snapshot
from shared.advisories.schema import Details, read_only_uri

type Changed = Mapping[str, Mapping[str, tuple[str, ...]]]
"""By ecosystem and package the advisories that changed, all in order; a whole ecosystem is a package without a name."""

MOST_ENTRIES = 300_000
"""So many packages and advisories may differ, about 100 MB of them in memory; beyond that, anything may."""

_MOST_TOUCHED = 100_000
_NO_FEED = -1

_decode_details = msgspec.msgpack.Decoder(Details).decode


class _Names(msgspec.Struct, frozen=True, array_like=True):
    """The first fields of Details, which is all that is decoded of most advisories."""

    id: str
    names: tuple[str, ...]
    covers: tuple[str, ...]


_decode_names = msgspec.msgpack.Decoder(_Names).decode


class _TooMuch(Exception):
    """More has changed than is worth telling apart."""


class _Pair(NamedTuple):
    """The ids of one feed in both snapshots; ``_NO_FEED`` where a snapshot has none."""

    old: int
    new: int


# Records with other bytes, under the id that each snapshot has for them.
_TOUCH = """
WITH changed AS (
    SELECT name FROM (SELECT name, digest FROM main.record WHERE feed = :new
                      EXCEPT SELECT name, digest FROM previous.record WHERE feed = :old)
    UNION
    SELECT name FROM (SELECT name, digest FROM previous.record WHERE feed = :old
                      EXCEPT SELECT name, digest FROM main.record WHERE feed = :new)
)
INSERT INTO touched
SELECT 'new', id FROM main.record WHERE feed = :new AND name IN (SELECT name FROM changed)
UNION ALL
SELECT 'old', id FROM previous.record WHERE feed = :old AND name IN (SELECT name FROM changed)
"""

# Everything that touched records say of a package: what is on one side only has changed.
_DIFFER = """
WITH old AS (
    SELECT e.name AS ecosystem, a.name, r.name AS record, part, start, stop, fixed, exact, undecided, ratings,
        modules, will_not_fix, details
    FROM previous.ecosystem AS e CROSS JOIN previous.affected AS a ON a.ecosystem = e.id
    CROSS JOIN touched AS t ON t.side = 'old' AND t.id = a.advisory
    JOIN previous.record AS r ON r.id = a.advisory JOIN previous.advisory AS d ON d.id = a.advisory
    WHERE e.feed = :old
), new AS (
    SELECT e.name AS ecosystem, a.name, r.name AS record, part, start, stop, fixed, exact, undecided, ratings,
        modules, will_not_fix, details
    FROM main.ecosystem AS e CROSS JOIN main.affected AS a ON a.ecosystem = e.id
    CROSS JOIN touched AS t ON t.side = 'new' AND t.id = a.advisory
    JOIN main.record AS r ON r.id = a.advisory JOIN main.advisory AS d ON d.id = a.advisory
    WHERE e.feed = :new
)
SELECT ecosystem, name, record FROM (SELECT * FROM old EXCEPT SELECT * FROM new)
UNION
SELECT ecosystem, name, record FROM (SELECT * FROM new EXCEPT SELECT * FROM old)
"""

_DETAILS = {
    "old": "SELECT details FROM previous.advisory WHERE id IN (SELECT id FROM touched WHERE side = 'old')",
    "new": "SELECT details FROM main.advisory WHERE id IN (SELECT id FROM touched WHERE side = 'new')",
}

_OF_BORROWERS = """
SELECT DISTINCT e.name, a.name, r.name FROM main.affected AS a
JOIN main.ecosystem AS e ON e.id = a.ecosystem JOIN main.record AS r ON r.id = a.advisory
WHERE a.advisory IN (SELECT id FROM borrower)
"""

_SCHEMES = {
    "old": "SELECT e.name, f.ecosystem, e.scheme FROM previous.ecosystem AS e"
    " JOIN previous.feed AS f ON f.id = e.feed ORDER BY e.id",
    "new": "SELECT e.name, f.ecosystem, e.scheme FROM main.ecosystem AS e"
    " JOIN main.feed AS f ON f.id = e.feed ORDER BY e.id",
}

_FEEDS = {
    "old": "SELECT id, ecosystem, content FROM previous.feed ORDER BY id",
    "new": "SELECT id, ecosystem, content FROM main.feed ORDER BY id",
}

type _Side = Literal["old", "new"]


def difference(old: Path, new: Path) -> Changed | None:
    """Return what changed from one snapshot to another; None where that cannot be told, and anything may have."""
    try:
        open_snapshot(old).close()
        file = open_snapshot(new)
    except SnapshotUnusable:
        return None
    with closing(file):
        file.execute("ATTACH ? AS previous", (read_only_uri(old),))
        try:
            return _Difference(file).find()
        except _TooMuch:
            return None


class _Difference:
    """Two snapshots that are open in one connection."""

    def __init__(self, file: sqlite3.Connection) -> None:
        self._file = file
        self._file.execute("CREATE TEMP TABLE touched (side TEXT, id INTEGER, PRIMARY KEY (side, id)) WITHOUT ROWID")
        self._file.execute("CREATE TEMP TABLE borrower (id INTEGER PRIMARY KEY)")
        self._entries = 0
        self._found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))

    def find(self) -> Changed | None:
        pairs = self._pairs()
        if pairs is None:
            return None
        for pair in pairs:
            self._file.execute(_TOUCH, pair._asdict())
        if self._file.execute("SELECT count(*) FROM touched").fetchone()[0] > _MOST_TOUCHED:
            raise _TooMuch
        for pair in pairs:
            self._add(_DIFFER, pair._asdict())
        self._add_borrowers()
        for ecosystem in self._covered_otherwise():
            self._found[ecosystem][WHOLE_ECOSYSTEM] |= set()
        return {
            ecosystem: {name: tuple(sorted(records)) for name, records in sorted(names.items())}
            for ecosystem, names in sorted(self._found.items())
        }

    def _pairs(self) -> list[_Pair] | None:
        """Return the feeds whose records differ; None if their order does, which decides between equal advisories."""
        old, new = self._feeds("old"), self._feeds("new")
        if [key for key in old if key in new] != [key for key in new if key in old]:
            return None
        nothing = (_NO_FEED, "")
        both = [(old.get(key, nothing), new.get(key, nothing)) for key in old | new]
        return [_Pair(before[0], after[0]) for before, after in both if before[1] != after[1]]

    def _feeds(self, side: _Side) -> dict[tuple[str, int], tuple[int, str]]:
        """Return id and content of all feeds, by ecosystem and place among the feeds of the same."""
        places: Counter[str] = Counter()
        feeds = {}
        for number, ecosystem, content in self._file.execute(_FEEDS[side]):
            feeds[ecosystem, places[ecosystem]] = (number, content)
            places[ecosystem] += 1
        return feeds

    def _add(self, statement: str, parameters: Mapping[str, int]) -> None:
        for ecosystem, name, record in self._file.execute(statement, dict(parameters)):
            self._found[ecosystem][name].add(record)
            self._entries += 1
            if self._entries > MOST_ENTRIES:
                raise _TooMuch

    def _add_borrowers(self) -> None:
        """Add the packages of advisories that borrow their severity from one whose ratings changed."""
        names = {name for _, name, _ in self._rated("old") ^ self._rated("new")}
        if not names:
            return
        for number, details in self._file.execute("SELECT id, details FROM main.advisory").fetchall():
            known = _decode_names(details)
            if not names.isdisjoint(known.names) or not names.isdisjoint(known.covers):
                self._file.execute("INSERT INTO borrower VALUES (?)", (number,))
        self._add(_OF_BORROWERS, {})

    def _rated(self, side: _Side) -> set[tuple[str, str, object]]:
        """Return what touched advisories lend to others: their ratings, by each name of the flaw."""
        found = (_decode_details(row[0]) for row in self._file.execute(_DETAILS[side]))
        lent = (details for details in found if details.ratings and not details.covers)
        return {(details.id, name, details.ratings) for details in lent for name in details.names}

    def _covered_otherwise(self) -> Iterator[str]:
        old, new = self._schemes("old"), self._schemes("new")
        for ecosystem in old.keys() | new.keys():
            if old.get(ecosystem) != new.get(ecosystem):
                yield ecosystem

    def _schemes(self, side: _Side) -> dict[str, list[tuple[str, str | None]]]:
        schemes: dict[str, list[tuple[str, str | None]]] = defaultdict(list)
        for ecosystem, feed, scheme in self._file.execute(_SCHEMES[side]):
            schemes[ecosystem].append((feed, scheme))
        return dict(schemes)
