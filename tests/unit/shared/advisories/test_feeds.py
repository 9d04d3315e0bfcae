import os
from hashlib import sha256
from pathlib import Path

import pytest

from shared.advisories.archive import DEFAULT_LIMITS, FeedBroken, Limits
from shared.advisories.download import FeedUnavailable
from shared.advisories.ecosystems import InvalidEcosystem
from shared.advisories.feeds import Feed, Sources, fetch_feed, listed_feeds
from tests.unit.shared.advisories.osv_samples import record, write_feed


def test_a_feed_in_a_directory_is_read_where_it_lies(tmp_path: Path) -> None:
    path = write_feed(tmp_path / "base", "Rocky Linux", [record("X-1")])
    fetched = fetch_feed(Feed("Rocky Linux", str(tmp_path / "base")), "", tmp_path, DEFAULT_LIMITS)
    assert fetched is not None
    assert fetched.path == path
    assert fetched.sha256 == sha256(path.read_bytes()).hexdigest()


def test_a_feed_in_a_directory_is_unchanged_until_its_time_or_size_changes(tmp_path: Path) -> None:
    feed = Feed("npm", str(tmp_path))
    path = write_feed(tmp_path, "npm", [record("X-1")])
    first = fetch_feed(feed, "", tmp_path, DEFAULT_LIMITS)
    assert first is not None
    assert fetch_feed(feed, first.version, tmp_path, DEFAULT_LIMITS) is None
    os.utime(path, ns=(1, 1))
    touched = fetch_feed(feed, first.version, tmp_path, DEFAULT_LIMITS)
    assert touched is not None
    assert touched.sha256 == first.sha256
    assert touched.version != first.version


def test_a_missing_directory_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(FeedUnavailable, match="cannot be read: No such file or directory; check the base"):
        fetch_feed(Feed("npm", str(tmp_path / "nowhere")), "", tmp_path, DEFAULT_LIMITS)


def test_a_directory_in_place_of_the_archive_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "npm" / "all.zip").mkdir(parents=True)
    with pytest.raises(FeedUnavailable, match="Is a directory"):
        fetch_feed(Feed("npm", str(tmp_path)), "", tmp_path, DEFAULT_LIMITS)


def test_an_archive_over_the_limit_is_broken(tmp_path: Path) -> None:
    write_feed(tmp_path, "npm", [record("X-1")])
    with pytest.raises(FeedBroken, match="more than 10 bytes"):
        fetch_feed(Feed("npm", str(tmp_path)), "", tmp_path, Limits(archive_bytes=10))


def test_an_extra_base_lists_its_ecosystems(tmp_path: Path) -> None:
    (tmp_path / "ecosystems.txt").write_text("acme\n\n# ours\nother:1 # two\nacme\n")
    assert listed_feeds(str(tmp_path)) == (Feed("acme", str(tmp_path)), Feed("other:1", str(tmp_path)))


def test_an_extra_base_without_a_list_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(FeedUnavailable, match=r"ecosystems\.txt"):
        listed_feeds(str(tmp_path))


@pytest.mark.parametrize("content", [b"../../etc\n", b"\xff\xfe\n", b"a/b", b"<html>", b"x" * (2 << 20)])
def test_a_list_that_names_no_ecosystems_is_broken(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "ecosystems.txt").write_bytes(content)
    with pytest.raises(FeedBroken):
        listed_feeds(str(tmp_path))


def test_configured_ecosystems_are_checked() -> None:
    assert Sources("/base", ("npm", "PyPI")).main_feeds() == (Feed("npm", "/base"), Feed("PyPI", "/base"))
    with pytest.raises(InvalidEcosystem):
        Sources("/base", ("../npm",)).main_feeds()
