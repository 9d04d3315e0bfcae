"""Where advisories come from: one archive of OSV records for each ecosystem, at an address or in a directory.

An address also has a list of the records with the time when each was changed, and every record by itself: the public
export, https://google.github.io/osv.dev/data/.
"""

import hashlib
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from shared.advisories.archive import DEFAULT_LIMITS, FeedBroken, Limits
from shared.advisories.download import FeedMissing, FeedTooLarge, FeedUnavailable, download
from shared.advisories.ecosystems import InvalidEcosystem, parse_ecosystem

_ARCHIVE = "all.zip"
_LISTING = "modified_id.csv"
_LIST = "ecosystems.txt"
_MAX_LISTING_BYTES = 128 << 20
_MAX_LIST_BYTES = 1 << 20
_SECONDS = 900.0


class Feed(NamedTuple):
    """The records of one ecosystem at ``{base}/{ecosystem}/all.zip``; ``base`` is an URL or a directory."""

    ecosystem: str
    base: str

    @property
    def lists_changes(self) -> bool:
        """Say whether the feed may offer a list of its records, and each of them by itself."""
        return _is_url(self.base)

    def path(self, name: str) -> str:
        """Return where a file of the feed lies below the base."""
        return f"{quote(self.ecosystem, safe='')}/{name}" if _is_url(self.base) else f"{self.ecosystem}/{name}"


class FetchedFeed(NamedTuple):
    """A file of a feed on disk; ``version`` tells it from the one before, such as by its ETag."""

    path: Path
    version: str
    sha256: str


@dataclass(frozen=True)
class Sources:
    """All configured feeds: ``ecosystems`` of the main base, and whatever each extra base lists.

    An extra base holds a file ``ecosystems.txt`` with one ecosystem a line.
    """

    base: str
    ecosystems: tuple[str, ...]
    extra_bases: tuple[str, ...] = ()
    limits: Limits = DEFAULT_LIMITS

    def main_feeds(self) -> tuple[Feed, ...]:
        """Return the feeds of the main base, or raise InvalidEcosystem."""
        return tuple(Feed(parse_ecosystem(ecosystem), self.base) for ecosystem in self.ecosystems)


def listed_feeds(base: str) -> tuple[Feed, ...]:
    """Return the feeds that an extra base lists, or raise FeedUnavailable or FeedBroken."""
    with tempfile.TemporaryDirectory() as directory:
        fetched = _fetch(base, _LIST, Path(directory) / _LIST, "", _MAX_LIST_BYTES)
        text = fetched.path.read_bytes().decode("utf-8", "replace") if fetched else ""
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    try:
        return tuple(dict.fromkeys(Feed(parse_ecosystem(line), base) for line in lines if line))
    except InvalidEcosystem as error:
        raise FeedBroken(f"{base}/{_LIST} cannot be used: {error}") from error


def fetch_feed(feed: Feed, known_version: str, directory: Path, limits: Limits) -> FetchedFeed | None:
    """Fetch a feed's archive into a directory, unless it still has the known version (empty: none is known).

    A feed in a directory is read where it lies. Raises FeedUnavailable, or FeedBroken if the archive is too large.
    """
    return _fetch(feed.base, feed.path(_ARCHIVE), directory / _ARCHIVE, known_version, limits.archive_bytes)


def fetch_listing(feed: Feed, known_version: str, directory: Path) -> FetchedFeed | None:
    """Fetch a feed's list of records into a directory, unless it still has the known version.

    Raises FeedUnavailable, or FeedBroken if the list is too large.
    """
    return _fetch(feed.base, feed.path(_LISTING), directory / _LISTING, known_version, _MAX_LISTING_BYTES)


def fetch_record(feed: Feed, name: str, directory: Path, limits: Limits) -> bytes | None:
    """Return the JSON of one record, or None where the feed has none of that name.

    Raises FeedUnavailable, or FeedBroken if the record is too large.
    """
    path = feed.path(f"{quote(name, safe='')}.json")
    try:
        fetched = _fetch(feed.base, path, directory / "record.json", "", limits.record_bytes)
    except FeedMissing:
        return None
    return fetched.path.read_bytes() if fetched else None


def _fetch(base: str, name: str, target: Path, known_version: str, max_bytes: int) -> FetchedFeed | None:
    if _is_url(base):
        url = f"{base.rstrip('/')}/{name}"
        try:
            got = download(url, target, etag=known_version, max_bytes=max_bytes, seconds=_SECONDS)
        except FeedTooLarge as error:
            raise FeedBroken(str(error)) from error
        return FetchedFeed(target, got.etag, got.sha256) if got else None
    return _look(Path(base) / name, known_version, max_bytes)


def _look(path: Path, known_version: str, max_bytes: int) -> FetchedFeed | None:
    try:
        status = path.stat()
        version = f"{status.st_mtime_ns}-{status.st_size}"
        if version == known_version:
            return None
        if status.st_size > max_bytes:
            raise FeedBroken(f"{path} has more than {max_bytes} bytes")
        with path.open("rb") as file:
            return FetchedFeed(path, version, hashlib.file_digest(file, "sha256").hexdigest())
    except OSError as error:
        raise FeedUnavailable(f"{path} cannot be read: {error.strerror}; check the base and the ecosystem") from error


def _is_url(base: str) -> bool:
    return base.startswith(("http://", "https://"))
