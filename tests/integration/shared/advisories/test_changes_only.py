"""A feed that lists its records is followed record by record, and read whole wherever that could go wrong."""

import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.advisories.archive import DEFAULT_LIMITS
from shared.advisories.build import Snapshot, build_snapshot
from shared.advisories.database import AdvisoryDatabase
from shared.advisories.difference import difference
from shared.advisories.feeds import Sources
from tests.integration.shared.advisories.feed_server import FeedServer, content, serve, status
from tests.integration.shared.advisories.osv_export import listing, publish
from tests.unit.shared.advisories.osv_samples import NOW, Json, findings_of, fixed_in, package, record

MANY = 40
CSV, ZIP = "/npm/modified_id.csv", "/npm/all.zip"


def flaw(number: int, *, day: int = 1, fixed: str = "2.0.0", **more: object) -> Json:
    """Return an advisory for the package ``p{number}``, changed on a day."""
    name = f"GHSA-{number:04d}"
    return record(name, fixed_in("npm", f"p{number}", fixed), modified=f"2026-02-{day:02d}T00:00:00.5Z", **more)


FIRST = {number: flaw(number) for number in range(MANY)}


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with serve() as running:
        publish(running, "npm", FIRST.values())
        yield running


class Follower:
    """Takes one snapshot after the other of a server's feed, each in place of the one before."""

    def __init__(self, server: FeedServer, directory: Path) -> None:
        self.server = server
        self.directory = directory
        self.numbers = count()
        self.last: Snapshot | None = None

    def refresh(self, at: datetime = NOW, changes: int = 10) -> Snapshot:
        self.server.requests.clear()
        self.server.sent = 0
        sources = Sources(self.server.base, ("npm",), limits=DEFAULT_LIMITS._replace(changes=changes))
        target = self.directory / f"{next(self.numbers)}.sqlite"
        self.last = build_snapshot(target, sources, self.last.path if self.last else None, at)
        return self.last

    @property
    def asked_for(self) -> list[str]:
        return [path for path, _ in self.server.requests]


@pytest.fixture
def follower(server: FeedServer, tmp_path: Path) -> Follower:
    found = Follower(server, tmp_path)
    found.refresh()
    assert found.asked_for == [ZIP]
    return found


def whole(server: FeedServer, directory: Path) -> Snapshot:
    """Return the snapshot of somebody who reads the feed for the first time."""
    return build_snapshot(directory / "whole.sqlite", Sources(server.base, ("npm",)), None, NOW)


def advisories(snapshot: Snapshot) -> set[str]:
    database = AdvisoryDatabase(snapshot.path)
    packages = [package("npm", f"p{number}", "1.0.0") for number in range(MANY + 5)]
    found = {finding.advisory for finding in findings_of(database, *packages)}
    database.close()
    return found


def test_only_what_changed_is_fetched_and_the_snapshot_is_the_one_of_the_whole_feed(
    server: FeedServer, follower: Follower, tmp_path: Path
) -> None:
    everything = server.sent
    now = {**FIRST, 3: flaw(3, day=2, fixed="3.0.0"), MANY: flaw(MANY, day=3)}
    now[5] = flaw(5, day=2, withdrawn="2026-02-02T00:00:00Z")
    del now[7]
    publish(server, "npm", now.values())
    changed = follower.refresh()
    assert follower.asked_for == [
        CSV,
        "/npm/GHSA-0007.json",
        "/npm/GHSA-0040.json",
        *("/npm/GHSA-0003.json", "/npm/GHSA-0005.json"),
    ]
    assert server.sent < everything
    assert changed.id == whole(server, tmp_path).id
    assert advisories(changed) == {f"GHSA-{number:04d}" for number in now if number != 5}
    (state,) = changed.feeds
    assert (state.refreshed, state.records, state.failure) == ("changes", MANY, None)


def test_without_news_one_request_says_so(server: FeedServer, follower: Follower) -> None:
    first = follower.last
    assert first is not None
    assert follower.refresh().id == first.id
    assert follower.asked_for == [CSV]
    assert follower.refresh().id == first.id
    assert (follower.asked_for, server.sent) == ([CSV], 0)
    assert server.requests[0][1] is not None
    assert follower.last is not None
    assert follower.last.feeds[0].refreshed == "whole"


def test_times_that_are_written_in_another_way_are_no_change(server: FeedServer, follower: Follower) -> None:
    written = listing(FIRST.values()).replace(b".5Z,", b".500000+00:00,").replace(b"\n", b"\r\n")
    server.answers[CSV] = content(written)
    follower.refresh()
    assert follower.asked_for == [CSV]


def test_a_record_that_lags_behind_the_list_is_fetched_again(server: FeedServer, follower: Follower) -> None:
    newer = {**FIRST, 3: flaw(3, day=2, fixed="3.0.0")}
    server.answers[CSV] = content(listing(newer.values()), '"newer"')
    follower.refresh()
    assert follower.asked_for == [CSV, "/npm/GHSA-0003.json"]
    publish(server, "npm", newer.values())
    server.answers[CSV] = content(listing(newer.values()), '"newer"')
    follower.refresh()
    assert follower.asked_for == [CSV, "/npm/GHSA-0003.json"]
    follower.refresh()
    follower.refresh()
    assert follower.asked_for == [CSV]


def test_a_whole_feed_follows_after_a_week(server: FeedServer, follower: Follower) -> None:
    publish(server, "npm", {**FIRST, 3: flaw(3, day=2)}.values())
    follower.refresh(NOW + timedelta(days=6, hours=23))
    assert ZIP not in follower.asked_for
    follower.refresh(NOW + timedelta(days=7))
    assert server.requests == [(ZIP, None)]
    follower.refresh(NOW + timedelta(days=8))
    assert follower.asked_for == [CSV]


def test_a_change_without_a_new_time_is_seen_within_a_week(server: FeedServer, follower: Follower) -> None:
    publish(server, "npm", {**FIRST, 3: flaw(3, withdrawn="2026-02-02T00:00:00Z")}.values())
    assert "GHSA-0003" in advisories(follower.refresh())
    assert "GHSA-0003" not in advisories(follower.refresh(NOW + timedelta(days=7)))


@pytest.mark.parametrize(
    "odd",
    [
        status(404),
        status(500),
        content(b""),
        content(b"modified,id\n" + listing(FIRST.values())),
        content(listing(FIRST.values()) * 2),
        content(b"2026-02-01T00:00:00Z,../../etc/passwd\n"),
        content(b"2026-02-01T00:00:00Z,caf\xc3\xa9\n"),
        content(listing(FIRST.values())[:300]),
        content(listing(FIRST.values())[:-3]),
        content(listing([flaw(3), *list(FIRST.values())[4:]])),
        content(listing(FIRST.values()), announced=1 << 20),
        content(listing([*FIRST.values(), flaw(MANY + 1)])),
        content(listing(flaw(number, day=5) for number in range(MANY))),
    ],
    ids=[
        *(
            "missing",
            "failing",
            "empty",
            "with a header",
            "twice the same",
            "a path",
            "no ASCII",
            "a half",
            "cut short",
        ),
        *("without records that are there", "broken off", "with a record that is not there", "too many changes"),
    ],
)
def test_an_odd_list_makes_the_whole_feed_be_read(server: FeedServer, follower: Follower, odd: object) -> None:
    now = {**FIRST, 3: flaw(3, day=2, withdrawn="2026-02-02T00:00:00Z")}
    publish(server, "npm", now.values())
    server.answers[CSV] = odd  # type: ignore[assignment]
    snapshot = follower.refresh()
    assert follower.asked_for[0] == CSV
    assert follower.asked_for[-1] == ZIP
    assert advisories(snapshot) == {f"GHSA-{number:04d}" for number in now if number != 3}
    assert (snapshot.feeds[0].refreshed, snapshot.feeds[0].failure) == ("whole", None)


@pytest.mark.parametrize("answer", [status(503), content(b'{"id": "GHSA-9999"}')], ids=["failing", "another record"])
def test_a_record_that_cannot_be_had_makes_the_whole_feed_be_read(
    server: FeedServer, follower: Follower, answer: object
) -> None:
    publish(server, "npm", {**FIRST, 3: flaw(3, day=2)}.values())
    server.answers["/npm/GHSA-0003.json"] = answer  # type: ignore[assignment]
    follower.refresh()
    assert follower.asked_for == [CSV, "/npm/GHSA-0003.json", ZIP]


def test_a_record_that_cannot_be_read_is_counted_as_in_the_whole_feed(server: FeedServer, follower: Follower) -> None:
    publish(server, "npm", {**FIRST, 3: flaw(3, day=2)}.values())
    server.answers["/npm/GHSA-0003.json"] = content(b"garbage")
    snapshot = follower.refresh()
    (state,) = snapshot.feeds
    assert (state.records, state.unreadable, state.unreadable_names) == (MANY - 1, 1, ("GHSA-0003",))
    assert "GHSA-0003" not in advisories(snapshot)


def test_where_nothing_can_be_had_the_records_that_were_read_stay_in_force(
    server: FeedServer, follower: Follower
) -> None:
    first = follower.last
    assert first is not None
    server.answers.clear()
    snapshot = follower.refresh()
    assert snapshot.id == first.id
    assert snapshot.feeds[0].failure


def test_a_release_that_lost_its_last_advisory_is_left_to_the_whole_feed(tmp_path: Path) -> None:
    both = [record(f"DEBIAN-{one}", fixed_in(f"Debian:{one}", "a", "2")) for one in (12, 13)]
    later = dict(both[1], withdrawn="2026-02-02T00:00:00Z", modified="2026-02-02T00:00:00Z")
    with serve() as server:
        sources = Sources(server.base, ("Debian",))
        publish(server, "Debian", both)
        first = build_snapshot(tmp_path / "one.sqlite", sources, None, NOW)
        publish(server, "Debian", [both[0], later])
        second = build_snapshot(tmp_path / "two.sqlite", sources, first.path, NOW)
    assert server.requests[-1][0] == "/Debian/all.zip"
    database = AdvisoryDatabase(second.path)
    assert database.ecosystems == ("Debian:12",)
    database.close()


def _variant(number: int, kind: int) -> Json:
    """Return an advisory in one of its versions, each with a time of change of its own."""
    more = {"withdrawn": "2026-02-01T00:00:00Z"} if kind == 3 else {}
    return flaw(number, day=kind, fixed=f"{kind + 1}.0.0", **more)


_exports = st.lists(st.dictionaries(st.integers(0, 7), st.integers(1, 4), min_size=1), min_size=1, max_size=4)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(exports=_exports)
def test_following_a_feed_gives_the_snapshots_of_reading_it_whole(exports: list[dict[int, int]]) -> None:
    with serve() as server, tempfile.TemporaryDirectory() as name:
        follower = Follower(server, Path(name))
        for kinds in exports:
            publish(server, "npm", [_variant(number, kind) for number, kind in kinds.items()])
            followed = follower.refresh()
        expected = whole(server, Path(name))
        assert (followed.id, advisories(followed)) == (expected.id, advisories(expected))
        assert difference(followed.path, expected.path) == {}
