"""Exploit signals from feeds over HTTP into blob storage: a bad feed never takes the place of a good one."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from shared.advisories.signals.fetch import Source
from shared.advisories.signals.interface import SignalFeed
from shared.advisories.signals.store import SignalStore
from shared.advisories.snapshots import SnapshotSuperseded
from shared.domain.exploits import NOTHING, Exploit, KnownExploited
from shared.storage.account import StorageAccount
from shared.storage.blobs import BlobContainer
from tests.integration.shared.advisories.feed_server import Answer, FeedServer, content, serve, status
from tests.support.azurite import Azurite
from tests.support.examples import START, finding
from tests.support.memory_app import Clock
from tests.support.signal_feeds import DAY, epss, kev

ONE, TWO = "CVE-2026-0001", "CVE-2026-0002"
KNOWN = KnownExploited(DAY, "2026-11-22", True)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def container(azurite: Azurite) -> BlobContainer:
    return BlobContainer(StorageAccount(azurite.connection_string), f"signals-{uuid4().hex}")


@pytest.fixture
def store(container: BlobContainer, tmp_path: Path, clock: Clock) -> SignalStore:
    return SignalStore(container, tmp_path / "cache", clock, timedelta(days=7), recheck_seconds=0)


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with serve() as running:
        running.answers = {
            "/kev.json": content(kev(ONE), '"k1"'),
            "/epss.csv.gz": content(epss(CVE_2026_0001=0.25, CVE_2026_0002=0.5), '"e1"'),
        }
        yield running


def sources(server: FeedServer) -> tuple[Source, ...]:
    return Source("kev", f"{server.base}/kev.json"), Source("epss", f"{server.base}/epss.csv.gz")


def state(store: SignalStore) -> dict[str, SignalFeed]:
    found = store.pointer()
    assert found is not None
    return {feed.name: feed for feed in found[0].feeds}


def test_what_the_feeds_hold_is_known_of_findings(store: SignalStore, server: FeedServer) -> None:
    assert store.as_of(None).of(finding(ONE)) == NOTHING
    store.update(sources(server))
    signals = store.as_of(None)
    assert signals.of(finding(ONE)) == Exploit(KNOWN, 0.25, 0.5)
    assert signals.of(finding(TWO)).kev is None
    assert signals.of(finding("CVE-2026-0003")) == NOTHING
    assert (signals.without_kev, signals.without_epss) == ("", "")
    assert state(store)["kev"].edition == "2026.11.01"
    assert [feed.entries for feed in state(store).values()] == [1, 2]


def test_a_flaw_is_known_under_any_of_its_names_and_the_worst_counts(store: SignalStore, server: FeedServer) -> None:
    store.update(sources(server))
    hit = finding(TWO, advisory="GHSA-1", aliases=(ONE.lower(), "GHSA-2"))
    assert store.as_of(None).of(hit) == Exploit(KNOWN, 0.5, 0.70711)


def test_a_feed_that_did_not_change_is_not_sent_again_and_makes_no_snapshot(
    store: SignalStore, server: FeedServer, clock: Clock
) -> None:
    store.update(sources(server))
    before, sent = store.pointer(), server.sent
    clock.forward(hours=6)
    store.update(sources(server))
    assert server.sent == sent
    assert server.requests[-2:] == [("/kev.json", '"k1"'), ("/epss.csv.gz", '"e1"')]
    after = store.pointer()
    assert before is not None
    assert after is not None
    assert after[0].kept == before[0].kept
    assert state(store)["kev"].confirmed_at > before[0].feeds[0].confirmed_at


BAD: list[Answer] = [
    status(500),
    status(404),
    content(b"<html>maintenance</html>", '"k2"'),
    content(kev(ONE)[:-30], '"k2"'),
    content(kev(ONE, TWO), announced=100_000),
    content(epss(CVE_2026_0001=0.9)[:-10], '"k2"'),
    content(b"cve,score\nCVE-2026-0001,0.1\n", '"k2"'),
    content(kev(ONE, count=5), '"k2"'),
]


@pytest.mark.parametrize("bad", BAD, ids=range(len(BAD)))
@pytest.mark.parametrize("path", ["/kev.json", "/epss.csv.gz"])
def test_a_bad_feed_never_takes_the_place_of_a_good_one(
    store: SignalStore, server: FeedServer, path: str, bad: Answer
) -> None:
    store.update(sources(server))
    before = store.as_of(None)
    server.answers[path] = bad
    store.update(sources(server))
    told = state(store)[path[1:].partition(".")[0]]
    assert told.failure
    assert (told.entries, told.confirmed_at) == (1 if "kev" in path else 2, START.isoformat())
    after = store.as_of(None)
    assert after.snapshot == before.snapshot
    assert after.of(finding(ONE)) == Exploit(KNOWN, 0.25, 0.5)


def test_after_a_failure_the_next_good_answer_counts(store: SignalStore, server: FeedServer) -> None:
    server.answers["/kev.json"] = status(500)
    store.update(sources(server))
    assert "no known exploited" in store.as_of(None).without_kev
    server.answers["/kev.json"] = content(kev(TWO), '"k3"')
    store.update(sources(server))
    assert store.as_of(None).of(finding(TWO)).kev == KNOWN
    assert state(store)["kev"].failure is None


def test_a_feed_that_lost_most_of_its_entries_is_a_mistake(store: SignalStore, server: FeedServer) -> None:
    server.answers["/kev.json"] = content(kev(ONE, TWO, "CVE-2026-0003"), '"k1"')
    store.update(sources(server))
    server.answers["/kev.json"] = content(kev(TWO), '"k2"')
    store.update(sources(server))
    assert store.as_of(None).of(finding(ONE)).kev is not None
    assert "after 3" in (state(store)["kev"].failure or "")


def test_signals_that_stay_away_for_too_long_are_not_relied_on(
    store: SignalStore, server: FeedServer, clock: Clock
) -> None:
    store.update(sources(server))
    server.answers["/kev.json"] = status(500)
    clock.forward(days=8)
    store.update(sources(server))
    signals = store.as_of(None)
    assert "2026-11-02" in signals.without_kev
    assert signals.without_epss == ""
    assert signals.of(finding(ONE)).kev is not None


def test_a_time_in_the_past_has_the_signals_of_then(store: SignalStore, server: FeedServer, clock: Clock) -> None:
    store.update(sources(server))
    clock.forward(days=1)
    server.answers["/kev.json"] = content(kev(ONE, TWO), '"k2"')
    store.update(sources(server))
    assert store.as_of(None).of(finding(TWO)).kev is not None
    assert store.as_of(START).of(finding(TWO)).kev is None
    assert store.as_of(START).of(finding(ONE)).kev == KNOWN
    assert store.as_of(START - timedelta(seconds=1)).of(finding(ONE)) == NOTHING


def test_old_snapshots_are_deleted_and_the_past_is_then_unknown(
    store: SignalStore, server: FeedServer, clock: Clock, container: BlobContainer
) -> None:
    store.keep = 2
    for number in range(4):
        server.answers["/kev.json"] = content(kev(f"CVE-2026-100{number}"), f'"{number}"')
        clock.forward(days=1)
        store.update(sources(server))
    assert len(list(container.names("snapshots/"))) == 2
    assert store.as_of(START + timedelta(days=2)).of(finding("CVE-2026-1001")) == NOTHING
    assert store.as_of(START + timedelta(days=3)).of(finding("CVE-2026-1002")).kev is not None


def test_a_feed_that_is_switched_off_is_gone(store: SignalStore, server: FeedServer) -> None:
    both = sources(server)
    store.update(both)
    store.update((both[0], Source("epss", "")))
    assert store.as_of(None).of(finding(ONE)) == Exploit(KNOWN)
    assert list(state(store)) == ["kev"]
    assert "EPSS" in store.as_of(None).without_epss


def test_of_two_updates_at_once_one_gives_way(store: SignalStore, server: FeedServer, tmp_path: Path) -> None:
    other = SignalStore(store.container, tmp_path / "other", store.now, store.most)

    def meanwhile(handler: object) -> None:
        server.answers["/kev.json"] = content(kev(TWO), '"k2"')
        other.update(sources(server))
        server.answers["/kev.json"](handler)  # type: ignore[arg-type]

    server.answers["/kev.json"] = meanwhile
    with pytest.raises(SnapshotSuperseded):
        store.update(sources(server))
    assert store.as_of(None).of(finding(TWO)).kev is not None


def test_a_snapshot_that_is_lost_or_damaged_is_as_none_and_the_next_update_mends_it(
    store: SignalStore, server: FeedServer, container: BlobContainer, caplog: pytest.LogCaptureFixture
) -> None:
    store.update(sources(server))
    [name] = container.names("snapshots/")
    container.write(name, b"no database")
    assert store.as_of(None).of(finding(ONE)) == NOTHING
    assert "no snapshot" in store.as_of(None).without_kev
    assert "no exploit signals" in caplog.text
    store.update(sources(server))
    assert store.as_of(None).of(finding(ONE)) == Exploit(KNOWN, 0.25, 0.5)


def test_a_file_is_a_feed_too(store: SignalStore, tmp_path: Path) -> None:
    path = tmp_path / "kev.json"
    path.write_bytes(kev(ONE))
    store.update((Source("kev", str(path)),))
    assert store.as_of(None).of(finding(ONE)).kev == KNOWN
    path.unlink()
    store.update((Source("kev", str(path)),))
    assert store.as_of(None).of(finding(ONE)).kev == KNOWN
    assert "cannot be read" in (state(store)["kev"].failure or "")
