"""A feed's own list of its records, and which of them changed since they were read.

The public OSV export calls it ``modified_id.csv``: one line ``<RFC 3339 time>,<id>`` for every record of the ecosystem,
https://google.github.io/osv.dev/data/. Its order is not relied on.
"""

import re
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from shared.advisories.archive import FeedBroken, Limits
from shared.advisories.download import FeedUnavailable
from shared.advisories.feeds import Feed, fetch_listing, fetch_record
from shared.advisories.reading import Entry, read_entry

_LINE = re.compile(r"([0-9T:.+Zz-]{10,40}),([A-Za-z0-9][A-Za-z0-9._:+-]{0,199})", re.ASCII)
_TIME = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]+))?(?:Z|\+00:00)", re.ASCII)
_SECONDS = 300.0


class FeedChanges(NamedTuple):
    """What changed in a feed: the ETag of the list that says so (empty: ask again), records, names that are gone."""

    listing: str
    entries: tuple[Entry, ...]
    gone: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all records that are no longer what they were."""
        return (*(entry.name for entry in self.entries), *self.gone)


def fetch_changes(
    feed: Feed, known_listing: str, held: Mapping[str, str], directory: Path, limits: Limits
) -> FeedChanges | None:
    """Fetch the records that changed since a feed was read; None if its list still has the known version.

    ``held`` are the times of change of the records that were read, by name. Raises FeedUnavailable or FeedBroken
    whenever only the whole feed can tell: the list is missing or odd, too much has changed, or list and records
    contradict each other.
    """
    fetched = fetch_listing(feed, known_listing, directory)
    if fetched is None:
        return None
    listed = read_listing(fetched.path)
    changed = [name for name, modified in listed.items() if not same_time(held.get(name, ""), modified)]
    gone = tuple(sorted(held.keys() - listed.keys()))
    if len(changed) + len(gone) > limits.changes:
        raise FeedBroken(f"{len(changed) + len(gone)} records of {feed.ecosystem} changed, more than {limits.changes}")
    deadline = time.monotonic() + _SECONDS
    for name in _in_time(gone, deadline):
        if fetch_record(feed, name, directory, limits) is not None:
            raise FeedBroken(f"the list of {feed.ecosystem} lacks {name}, which is still there")
    entries = tuple(_entry(feed, name, directory, limits) for name in _in_time(changed, deadline))
    current = all(entry.record and same_time(entry.record.modified, listed[entry.name]) for entry in entries)
    return FeedChanges(fetched.version if current else "", entries, gone)


def read_listing(path: Path) -> dict[str, str]:
    """Return the time of change of every record that a list names, or raise FeedBroken."""
    listed: dict[str, str] = {}
    try:
        with path.open(encoding="ascii") as file:
            for line in file:
                found = _LINE.fullmatch(line.rstrip("\r\n"))
                if not found or found[2] in listed:
                    raise FeedBroken(f"the feed's list of records has an odd line: {ascii(line)[:100]}")
                listed[found[2]] = found[1]
    except UnicodeDecodeError as error:
        raise FeedBroken(f"the feed's list of records is no text: {error}") from error
    if not listed:
        raise FeedBroken("the feed's list of records is empty")
    return listed


def same_time(one: str, other: str) -> bool:
    """Say whether two RFC 3339 texts are surely the same time; they may differ in how a fraction or UTC is written."""
    return one == other or ((found := _instant(one)) is not None and found == _instant(other))


def _instant(text: str) -> tuple[str, str] | None:
    found = _TIME.fullmatch(text)
    return (found[1], (found[2] or "").rstrip("0")) if found else None


def _in_time(names: list[str] | tuple[str, ...], deadline: float) -> Iterator[str]:
    for name in names:
        if time.monotonic() > deadline:
            raise FeedUnavailable(f"the changed records took more than {_SECONDS:.0f} seconds")
        yield name


def _entry(feed: Feed, name: str, directory: Path, limits: Limits) -> Entry:
    content = fetch_record(feed, name, directory, limits)
    if content is None:
        raise FeedBroken(f"the list of {feed.ecosystem} names {name}, which is not there")
    entry = read_entry(name, content)
    if entry.record and entry.record.id != name:
        raise FeedBroken(f"{name} of {feed.ecosystem} holds the record {entry.record.id[:100]!r}")
    return entry
