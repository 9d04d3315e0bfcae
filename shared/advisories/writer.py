"""Writing a snapshot: the feeds that are new record by record, the others copied from the snapshot before."""

import contextlib
import sqlite3
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple, Self

import msgspec

from shared.advisories.details import details_of, is_flaw
from shared.advisories.ecosystems import belongs, normal_ecosystem, normal_name
from shared.advisories.intervals import affected_versions, named_versions
from shared.advisories.modules import advised_modules
from shared.advisories.osv import Affected, Record
from shared.advisories.ratings import package_ratings, will_not_fix
from shared.advisories.reading import Entry
from shared.advisories.schema import FORMAT, TABLES, AffectedRow, FeedRow, read_only_uri
from shared.advisories.versions.scheme import Scheme

_encode = msgspec.msgpack.Encoder().encode

# The file is thrown away unless it is finished, so that it needs no protection against a crash.
_SETTINGS = "PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536; BEGIN;"


_MOST_NAMES = 20


class FeedContents(NamedTuple):
    """What was written of a feed; ``content`` is the sha256, in hex, of all its records, in whatever order they came.

    A record that cannot be read is counted as ``unreadable`` and not among ``records``; the first are named.
    """

    records: int
    unreadable: int
    unreadable_names: str
    newest_modified: str
    content: str


class SnapshotWriter:
    """A snapshot file in the making; each feed is written whole or not at all."""

    def __init__(self, target: Path, previous: Path | None) -> None:
        """Create the file, which must not exist yet; feeds may be copied from a previous one of the same format."""
        self._file = sqlite3.connect(target, isolation_level=None, uri=True)
        if previous:
            self._file.execute("ATTACH ? AS previous", (read_only_uri(previous),))
        self._file.executescript(f"PRAGMA user_version = {FORMAT}; {TABLES} {_SETTINGS}")
        self._ecosystems: dict[str, int] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    @contextlib.contextmanager
    def whole_feed(self) -> Iterator[None]:
        """Take back everything that is written inside if it ends with an exception, which goes on."""
        self._file.execute("SAVEPOINT feed")
        try:
            yield
        except BaseException:
            self._file.execute("ROLLBACK TO feed")
            raise
        finally:
            self._file.execute("RELEASE feed")

    def next_feed(self) -> int:
        """Return the id for the next feed."""
        return self._next_id("feed")

    def add_entries(self, feed: int, ecosystem: str, scheme: Scheme | None, entries: Iterable[Entry]) -> None:
        """Write records of a feed, which may hold some already."""
        self._ecosystems = dict(self._file.execute("SELECT name, id FROM main.ecosystem WHERE feed = ?", (feed,)))
        for number, entry in enumerate(entries, self._next_id("record")):
            found = entry.record
            row = (number, feed, entry.name, found.modified if found else None, entry.digest)
            self._file.execute("INSERT INTO record VALUES (?, ?, ?, ?, ?)", row)
            if found and is_flaw(found):
                self._add_record(feed, ecosystem, scheme, number, found)

    def contents(self, feed: int) -> FeedContents:
        """Sum up what was written of a feed."""
        counted = "SELECT count(modified), count(*) - count(modified), coalesce(max(modified), '') FROM main.record"
        records, unreadable, newest = self._file.execute(f"{counted} WHERE feed = ?", (feed,)).fetchone()
        named = "SELECT name FROM main.record WHERE feed = ? AND modified IS NULL ORDER BY id LIMIT ?"
        names = [ascii(row[0])[1:-1][:100] for row in self._file.execute(named, (feed, _MOST_NAMES))]
        digest = sha256()
        for name, of_record in self._file.execute(
            "SELECT name, digest FROM main.record WHERE feed = ? ORDER BY name, digest", (feed,)
        ):
            digest.update(sha256(name.encode()).digest() + of_record)
        return FeedContents(records, unreadable, "\n".join(names), newest, digest.hexdigest())

    def held(self, row: FeedRow) -> dict[str, str]:
        """Return when each record of a feed of the previous snapshot was changed; empty where it does not say so."""
        found = "SELECT name, coalesce(modified, '') FROM previous.record WHERE feed = ?"
        return dict(self._file.execute(found, (row.id,)))

    def covers_nothing_empty(self, feed: int) -> bool:
        """Say whether each ecosystem that was written of a feed still has an affected package."""
        empty = "SELECT count(*) FROM main.ecosystem AS e WHERE feed = ?"
        rows = "NOT EXISTS (SELECT 1 FROM main.affected WHERE ecosystem = e.id)"
        return not self._value(f"{empty} AND {rows}", feed)

    def add_feed(self, row: FeedRow) -> None:
        """Write where a feed's records came from."""
        self._file.execute("INSERT INTO feed VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)

    def copy_feed(self, row: FeedRow) -> None:
        """Copy all records of a feed of the previous snapshot, with its row as it is given."""
        self.add_feed(row._replace(id=self.copy_records(row)))

    def copy_records(self, row: FeedRow, without: Iterable[str] = ()) -> int:
        """Copy the records of a feed of the previous snapshot but those of some names; return the new feed's id."""
        feed = self.next_feed()
        # Ids of one feed follow each other, so that one distance moves them all behind those that are taken.
        shift = {"old": row.id, "feed": feed}
        for table in ("ecosystem", "record"):
            first = self._value(f"SELECT min(id) FROM previous.{table} WHERE feed = ?", row.id) or 0  # noqa: S608
            shift[table] = self._next_id(table) - first
        self._file.execute("CREATE TEMP TABLE copied (id INTEGER PRIMARY KEY)")
        self._file.execute("INSERT INTO copied SELECT id FROM previous.record WHERE feed = ?", (row.id,))
        left_out = "DELETE FROM copied WHERE id IN (SELECT id FROM previous.record WHERE feed = ? AND name = ?)"
        self._file.executemany(left_out, [(row.id, name) for name in without])
        for statement in _COPY:
            self._file.execute(statement, shift)
        self._file.execute("DROP TABLE copied")
        return feed

    def finish(self) -> str:
        """Complete the file and return the snapshot's id, which is the same for the same records."""
        feeds = self._file.execute("SELECT ecosystem, content FROM feed ORDER BY ecosystem, content").fetchall()
        lines = [f"format {FORMAT}", *(f"{ecosystem} {digest}" for ecosystem, digest in feeds)]
        snapshot = sha256("\n".join(lines).encode()).hexdigest()
        self._file.execute("INSERT INTO snapshot VALUES (?)", (snapshot,))
        self._file.execute("COMMIT")
        return snapshot

    def _add_record(self, feed: int, ecosystem: str, scheme: Scheme | None, advisory: int, record: Record) -> None:
        details = details_of(record)
        self._file.execute("INSERT INTO advisory VALUES (?, ?)", (advisory, _encode(details)))
        if details.ratings and not details.covers:
            self._file.executemany("INSERT INTO rated VALUES (?, ?)", [(name, advisory) for name in details.names])
        rows: list[tuple[object, ...]] = []
        for affected in record.affected or ():
            package = affected.package
            if package and belongs(package.ecosystem, ecosystem):
                number = self._ecosystem(feed, normal_ecosystem(package.ecosystem), scheme)
                name = normal_name(ecosystem, package.name)
                for row in _affected_rows(record, affected, advisory, scheme):
                    rows.append((number, name, advisory, len(rows), *row[1:]))
        self._file.executemany("INSERT INTO affected VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)

    def _ecosystem(self, feed: int, name: str, scheme: Scheme | None) -> int:
        known = self._ecosystems.get(name)
        if known is None:
            known = self._ecosystems[name] = self._next_id("ecosystem")
            self._file.execute("INSERT INTO ecosystem VALUES (?, ?, ?, ?)", (known, feed, name, scheme))
        return known

    def _next_id(self, table: str) -> int:
        return 1 + int(self._value(f"SELECT coalesce(max(id), 0) FROM main.{table}") or 0)  # noqa: S608

    def _value(self, statement: str, *parameters: object) -> int | None:
        found: int | None = self._file.execute(statement, parameters).fetchone()[0]
        return found


_COPY = (
    "INSERT INTO ecosystem SELECT id + :ecosystem, :feed, name, scheme FROM previous.ecosystem WHERE feed = :old",
    "INSERT INTO record SELECT id + :record, :feed, name, modified, digest FROM previous.record"
    " WHERE id IN (SELECT id FROM copied)",
    "INSERT INTO advisory SELECT id + :record, details FROM previous.advisory WHERE id IN (SELECT id FROM copied)",
    "INSERT INTO affected SELECT ecosystem + :ecosystem, name, advisory + :record, part, start, stop, fixed, exact,"
    " undecided, ratings, modules, will_not_fix FROM previous.affected WHERE advisory IN (SELECT id FROM copied)"
    " AND ecosystem IN (SELECT id FROM previous.ecosystem WHERE feed = :old)",
    "INSERT INTO rated SELECT name, advisory + :record FROM previous.rated WHERE advisory IN (SELECT id FROM copied)",
)


def _affected_rows(record: Record, affected: Affected, advisory: int, scheme: Scheme | None) -> Iterator[AffectedRow]:
    versions = affected_versions(affected, scheme)
    given = package_ratings(record, affected)
    row = AffectedRow(
        advisory,
        *(None, None, None, None, None),
        _encode(given) if given else None,
        advised_modules(named_versions(affected), record.summary or "") if scheme is Scheme.RPM else None,
        will_not_fix(affected) or None,
    )
    for start, stop, fixed in versions.intervals:
        yield row._replace(start=start, stop=stop, fixed=fixed)
    if versions.exact:
        yield row._replace(exact="\n" + "\n".join(versions.exact) + "\n")
    if versions.undecided:
        yield row._replace(undecided=versions.undecided)
