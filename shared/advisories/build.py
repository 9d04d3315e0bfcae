"""Making a snapshot from all feeds, with the snapshot before it as the safety net for each of them."""

import logging
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from shared.advisories.archive import FeedBroken
from shared.advisories.download import FeedUnavailable
from shared.advisories.ecosystems import scheme_by_name
from shared.advisories.feeds import Feed, FetchedFeed, Sources, fetch_feed, listed_feeds
from shared.advisories.listing import FeedChanges, fetch_changes
from shared.advisories.lookup import read_feeds
from shared.advisories.reading import find_scheme, read_archive
from shared.advisories.schema import FeedRow
from shared.advisories.states import FeedState
from shared.advisories.writer import SnapshotWriter

_log = logging.getLogger(__name__)

# Records may change without a new time of change (google/osv.dev#4486): the whole feed is read now and then.
_WHOLE_AFTER = timedelta(days=7)

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

    A feed that did not change, cannot be reached or is broken is copied from the previous snapshot, and of one that
    lists its records only those are fetched that changed. Raises InvalidEcosystem for an ecosystem in the settings
    that cannot be one.
    """
    before = read_feeds(previous) if previous else ()
    with (
        tempfile.TemporaryDirectory(dir=target.parent) as directory,
        SnapshotWriter(target, previous if before else None) as writer,
    ):
        build = _Build(sources, before, writer, Path(directory), now.astimezone(UTC))
        states = build.add_all()
        return Snapshot(writer.finish(), target, states)


@dataclass
class _Build:
    """One run over all feeds."""

    sources: Sources
    before: tuple[FeedRow, ...]
    writer: SnapshotWriter
    directory: Path
    time: datetime
    states: list[FeedState] = field(default_factory=list)

    @property
    def now(self) -> str:
        return self.time.isoformat()

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
        if known and self._may_follow(feed, known):
            try:
                return self._follow(feed, known)
            except (FeedUnavailable, FeedBroken) as reason:
                _log.info("the feed %s of %s is read as a whole: %s", feed.ecosystem, feed.base, reason)
        return self._fetch_whole(feed, known)

    def _may_follow(self, feed: Feed, known: FeedRow) -> bool:
        """Say whether to ask for changes only: of an ecosystem whose version order depends on no single record."""
        fresh = self.time - datetime.fromisoformat(known.whole_at) < _WHOLE_AFTER
        return fresh and feed.lists_changes and known.base == feed.base and scheme_by_name(feed.ecosystem) is not None

    def _follow(self, feed: Feed, known: FeedRow) -> FeedRow:
        held = self.writer.held(known)
        changes = fetch_changes(feed, known.listing, held, self.directory, self.sources.limits)
        if changes is None or not changes.names:
            row = known._replace(listing=changes.listing if changes else known.listing)
            self.writer.copy_feed(row)
            return row
        with self.writer.whole_feed():
            return self._apply(feed, known, changes)

    def _apply(self, feed: Feed, known: FeedRow, changes: FeedChanges) -> FeedRow:
        number = self.writer.copy_records(known, without=changes.names)
        self.writer.add_entries(number, feed.ecosystem, scheme_by_name(feed.ecosystem), changes.entries)
        if not self.writer.covers_nothing_empty(number):
            raise FeedBroken(f"a release of {feed.ecosystem} lost its last advisory")
        row = known._replace(id=number, version="", archive="", listing=changes.listing)
        return self._write(feed, row, known, "changes")

    def _fetch_whole(self, feed: Feed, known: FeedRow | None) -> FeedRow:
        version = known.version if known and known.base == feed.base else ""
        fetched = fetch_feed(feed, version, self.directory, self.sources.limits)
        if known and (fetched is None or fetched.sha256 == known.archive):
            version = fetched.version if fetched else version
            row = known._replace(base=feed.base, version=version, listing="", whole_at=self.now)
            self.writer.copy_feed(row)
            return row
        if fetched is None:
            raise FeedUnavailable(f"{feed.base} says that {feed.ecosystem} is unchanged, but it was never fetched")
        with self.writer.whole_feed():
            return self._read(feed, fetched, known)

    def _read(self, feed: Feed, fetched: FetchedFeed, known: FeedRow | None) -> FeedRow:
        number, limits = self.writer.next_feed(), self.sources.limits
        scheme = find_scheme(feed.ecosystem, fetched.path, limits)
        self.writer.add_entries(number, feed.ecosystem, scheme, read_archive(fetched.path, limits))
        row = FeedRow(number, feed.ecosystem, feed.base, fetched.version, fetched.sha256, whole_at=self.now)
        return self._write(feed, row, known, "whole")

    def _write(self, feed: Feed, row: FeedRow, known: FeedRow | None, refreshed: str) -> FeedRow:
        """Complete a feed whose records have been written, unless they cannot be all."""
        row = row._replace(**self.writer.contents(row.id)._asdict(), refreshed=refreshed, fetched_at=self.now)
        _check_whole(feed, row, known)
        if known and row.content == known.content:  # fetched again, and nothing was new
            row = row._replace(refreshed=known.refreshed, fetched_at=known.fetched_at)
        self.writer.add_feed(row)
        return row


def _check_whole(feed: Feed, row: FeedRow, known: FeedRow | None) -> None:
    if not row.records:
        raise FeedBroken(f"the feed {feed.ecosystem} holds no readable record")
    if known and known.records >= _ENOUGH_TO_COMPARE and row.records < known.records * _LEAST_SHARE:
        raise FeedBroken(f"the feed {feed.ecosystem} shrank from {known.records} to {row.records} records")


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
        refreshed=row.refreshed,
        whole_at=row.whole_at,
    )
