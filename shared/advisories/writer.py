"""Writing a snapshot: the feeds that are new record by record, the others copied from the snapshot before."""

import contextlib
import sqlite3
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Self

import msgspec

from shared.advisories.details import details_of, is_flaw
from shared.advisories.ecosystems import belongs, normal_ecosystem, normal_name
from shared.advisories.intervals import affected_versions, named_versions
from shared.advisories.modules import advised_modules
from shared.advisories.osv import Affected, Record
from shared.advisories.ratings import package_ratings, will_not_fix
from shared.advisories.schema import FORMAT, TABLES, AffectedRow, FeedRow, read_only_uri
from shared.advisories.versions.scheme import Scheme

_encode = msgspec.msgpack.Encoder().encode

# The file is thrown away unless it is finished, so that it needs no protection against a crash.
_SETTINGS = "PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536; BEGIN;"


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

    def add_records(self, feed: int, ecosystem: str, scheme: Scheme | None, records: Iterable[Record]) -> None:
        """Write the records of a feed."""
        self._ecosystems = {}
        advisory = self._next_id("advisory")
        for record in records:
            if is_flaw(record):
                self._add_record(feed, ecosystem, scheme, advisory, record)
                advisory += 1

    def add_feed(self, row: FeedRow) -> None:
        """Write where a feed's records came from."""
        self._file.execute("INSERT INTO feed VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)

    def copy_feed(self, row: FeedRow) -> None:
        """Copy all records of a feed of the previous snapshot, with its row as it is given."""
        feed = self.next_feed()
        # Ids of one feed follow each other, so that one distance moves them all behind those that are taken.
        shift = {"old": row.id, "feed": feed}
        for table in ("ecosystem", "advisory"):
            first = self._value(f"SELECT min(id) FROM previous.{table} WHERE feed = ?", row.id) or 0  # noqa: S608
            shift[table] = self._next_id(table) - first
        for statement in _COPY:
            self._file.execute(statement, shift)
        self.add_feed(row._replace(id=feed))

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
        self._file.execute("INSERT INTO advisory VALUES (?, ?, ?)", (advisory, feed, _encode(details)))
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
    "INSERT INTO advisory SELECT id + :advisory, :feed, details FROM previous.advisory WHERE feed = :old",
    "INSERT INTO affected SELECT ecosystem + :ecosystem, name, advisory + :advisory, part, start, stop, fixed, exact,"
    " undecided, ratings, modules, will_not_fix FROM previous.affected"
    " WHERE ecosystem IN (SELECT id FROM previous.ecosystem WHERE feed = :old)",
    "INSERT INTO rated SELECT name, advisory + :advisory FROM previous.rated"
    " WHERE advisory IN (SELECT id FROM previous.advisory WHERE feed = :old)",
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
