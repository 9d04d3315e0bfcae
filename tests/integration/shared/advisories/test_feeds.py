from pathlib import Path

import pytest

from shared.advisories.archive import DEFAULT_LIMITS, FeedBroken, Limits
from shared.advisories.build import build_snapshot
from shared.advisories.feeds import Feed, Sources, fetch_feed, listed_feeds
from tests.integration.shared.advisories.feed_server import content, serve, status
from tests.unit.shared.advisories.osv_samples import NOW, record, write_feed


@pytest.mark.parametrize(
    ("ecosystem", "path"),
    [("npm", "/npm/all.zip"), ("Rocky Linux", "/Rocky%20Linux/all.zip"), ("Debian:12", "/Debian%3A12/all.zip")],
)
def test_the_name_of_an_ecosystem_is_escaped_in_the_address(tmp_path: Path, ecosystem: str, path: str) -> None:
    with serve() as server:
        server.answers[path] = content(b"archive", '"one"')
        fetched = fetch_feed(Feed(ecosystem, server.base + "/"), "", tmp_path, DEFAULT_LIMITS)
    assert fetched is not None
    assert fetched.version == '"one"'
    assert fetched.path.read_bytes() == b"archive"


def test_an_archive_over_the_limit_is_broken(tmp_path: Path) -> None:
    with serve() as server:
        server.answers["/npm/all.zip"] = content(b"x" * 100)
        with pytest.raises(FeedBroken, match="more than 99 bytes"):
            fetch_feed(Feed("npm", server.base), "", tmp_path, Limits(archive_bytes=99))


def test_an_extra_base_lists_its_ecosystems() -> None:
    with serve() as server:
        server.answers["/ecosystems.txt"] = content(b"acme\nother:1\n")
        assert listed_feeds(server.base) == (Feed("acme", server.base), Feed("other:1", server.base))


def test_a_feed_over_http_is_asked_for_with_the_etag_of_the_snapshot_and_survives_every_failure(tmp_path: Path) -> None:
    archive = write_feed(tmp_path, "npm", [record("GHSA-1")]).read_bytes()
    with serve() as server:
        sources = Sources(server.base, ("npm",))
        server.answers["/npm/all.zip"] = content(archive, '"one"')
        first = build_snapshot(tmp_path / "0.sqlite", sources, None, NOW)
        states = {}
        for answer in ("304", "404", "500", "garbage", "changed"):
            server.answers["/npm/all.zip"] = {
                "304": content(archive, '"one"'),
                "404": status(404),
                "500": status(500),
                "garbage": content(b"<html>", '"two"'),
                "changed": content(write_feed(tmp_path, "npm", [record("GHSA-2")]).read_bytes(), '"two"'),
            }[answer]
            snapshot = build_snapshot(tmp_path / f"{answer}.sqlite", sources, first.path, NOW)
            states[answer] = (snapshot.id == first.id, snapshot.feeds[0].failure is None)
    assert states == {
        "304": (True, True),
        "404": (True, False),
        "500": (True, False),
        "garbage": (True, False),
        "changed": (False, True),
    }
    of_archive = [request for request in server.requests[1:] if request[0] == "/npm/all.zip"]
    assert of_archive == [("/npm/all.zip", '"one"')] * 5
