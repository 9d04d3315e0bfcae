"""Making a snapshot from all feeds, with the snapshot before it as the safety net for each of them."""

import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from shared.advisories.archive import FeedBroken
from shared.advisories.download import FeedUnavailable
from shared.advisories.feeds import Feed, FetchedFeed, Sources, fetch_feed, listed_feeds
from shared.advisories.lookup import read_feeds
from shared.advisories.reading import FeedReading
from shared.advisories.schema import FeedRow
from shared.advisories.states import FeedState
from shared.advisories.writer import SnapshotWriter

# A feed that lost most of its records was cut off by whoever made it, rather than cleaned up.
_ENOUGH_TO_COMPARE = 100
_LEAST_SHARE = 0.5


class Snapshot(NamedTuple):
    """A snapshot file, its id, and the state of each of its feeds."""

    id: str
    path: Path
    feeds: tuple[FeedState, ...]


def build_snapshot(target: Path, sources: Sources, previous: Path | None, now: datetime) -> Snapshot:
    """Write a snapshot of all configured feeds to a file that must not exist yet.

    A feed that did not change, cannot be reached or is broken is copied from the previous snapshot. Raises
    InvalidEcosystem for an ecosystem in the settings that cannot be one.
    """
    before = read_feeds(previous) if previous else ()
    with (
        tempfile.TemporaryDirectory(dir=target.parent) as directory,
        SnapshotWriter(target, previous if before else None) as writer,
    ):
        build = _Build(sources, before, writer, Path(directory), now.astimezone(UTC).isoformat())
        states = build.add_all()
        return Snapshot(writer.finish(), target, states)


@dataclass
class _Build:
    """One run over all feeds."""

    sources: Sources
    before: tuple[FeedRow, ...]
    writer: SnapshotWriter
    directory: Path
    now: str
    states: list[FeedState] = field(default_factory=list)

    def add_all(self) -> tuple[FeedState, ...]:
        feeds = dict.fromkeys(self.sources.main_feeds())
        for base in self.sources.extra_bases:
            feeds |= dict.fromkeys(self._listed(base))
        for feed in feeds:
            self._add(feed, self._known(feed, feeds))
        return tuple(self.states)

    def _listed(self, base: str) -> tuple[Feed, ...]:
        try:
            return listed_feeds(base)
        except (FeedUnavailable, FeedBroken) as error:
            self.states.append(FeedState("", base, self.now, str(error)))
            return tuple(Feed(row.ecosystem, row.base) for row in self.before if row.base == base)

    def _known(self, feed: Feed, feeds: dict[Feed, None]) -> FeedRow | None:
        """Return the feed's own row of the previous snapshot, else that of the base that it was moved from."""
        rows = [row for row in self.before if row.ecosystem == feed.ecosystem]
        own = [row for row in rows if row.base == feed.base]
        moved = [row for row in rows if Feed(row.ecosystem, row.base) not in feeds]
        return next(iter(own + moved), None)

    def _add(self, feed: Feed, known: FeedRow | None) -> None:
        failure: str | None = None
        row: FeedRow | None
        try:
            row = self._renew(feed, known)
        except (FeedUnavailable, FeedBroken) as error:
            failure, row = str(error), known
            if known:
                self.writer.copy_feed(known)
        self.states.append(_state(feed, row, self.now, failure))

    def _renew(self, feed: Feed, known: FeedRow | None) -> FeedRow:
        version = known.version if known and known.base == feed.base else ""
        fetched = fetch_feed(feed, version, self.directory, self.sources.limits)
        if known and (fetched is None or fetched.sha256 == known.archive):
            row = known._replace(base=feed.base, version=fetched.version if fetched else version)
            self.writer.copy_feed(row)
            return row
        if fetched is None:
            raise FeedUnavailable(f"{feed.base} says that {feed.ecosystem} is unchanged, but it was never fetched")
        with self.writer.whole_feed():
            return self._read(feed, fetched, known)

    def _read(self, feed: Feed, fetched: FetchedFeed, known: FeedRow | None) -> FeedRow:
        reading = FeedReading(fetched.path, self.sources.limits)
        number = self.writer.next_feed()
        self.writer.add_records(number, feed.ecosystem, reading.scheme(feed.ecosystem), reading.records())
        _check_whole(feed, reading, known)
        row = FeedRow(
            id=number,
            ecosystem=feed.ecosystem,
            base=feed.base,
            version=fetched.version,
            archive=fetched.sha256,
            content=reading.content(),
            fetched_at=self.now,
            records=reading.count,
            unreadable=reading.unreadable,
            unreadable_names="\n".join(reading.unreadable_names),
            newest_modified=reading.newest_modified,
        )
        self.writer.add_feed(row)
        return row


def _check_whole(feed: Feed, reading: FeedReading, known: FeedRow | None) -> None:
    if not reading.count:
        raise FeedBroken(f"the feed {feed.ecosystem} holds no readable record")
    if known and known.records >= _ENOUGH_TO_COMPARE and reading.count < known.records * _LEAST_SHARE:
        raise FeedBroken(f"the feed {feed.ecosystem} shrank from {known.records} to {reading.count} records")


def _state(feed: Feed, row: FeedRow | None, now: str, failure: str | None) -> FeedState:
    if row is None:
        return FeedState(feed.ecosystem, feed.base, now, failure)
    return FeedState(
        ecosystem=feed.ecosystem,
        base=feed.base,
        checked_at=now,
        failure=failure,
        records=row.records,
        unreadable=row.unreadable,
        unreadable_names=tuple(row.unreadable_names.splitlines()),
        newest_modified=row.newest_modified,
        fetched_at=row.fetched_at,
    )
