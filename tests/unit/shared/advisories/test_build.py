import os
import sqlite3
from collections.abc import Iterable
from pathlib import Path

import pytest

from shared.advisories.build import Snapshot
from shared.advisories.database import AdvisoryDatabase
from shared.advisories.ecosystems import InvalidEcosystem
from shared.advisories.lookup import read_feeds
from tests.unit.shared.advisories.osv_samples import (
    ALPINE,
    DEBIAN,
    NOW,
    Json,
    build,
    findings_of,
    fixed_in,
    package,
    record,
    write_feed,
)

LODASH = record("GHSA-1", fixed_in("npm", "lodash", "4.17.21"), aliases=["CVE-2024-1000"])
OPENSSL = record("DEBIAN-CVE-2024-1001", fixed_in("Debian:12", "openssl", "3.0.15-1"))
MUSL = record("ALPINE-CVE-2024-1002", fixed_in("Alpine:v3.19", "musl", "1.2.4-r3"))


def _contents(snapshot: Path) -> dict[str, list[tuple[object, ...]]]:
    """Return what a snapshot says, without the numbers that only tie its rows together."""
    file = sqlite3.connect(snapshot)
    try:
        return {
            "advisory": sorted(file.execute("SELECT details FROM advisory")),
            "affected": sorted(
                file.execute(
                    "SELECT e.name, a.name, d.details, part, start, stop, fixed, exact, undecided, ratings"
                    " FROM affected a JOIN ecosystem e ON e.id = a.ecosystem JOIN advisory d ON d.id = a.advisory"
                ),
                key=repr,
            ),
            "rated": sorted(
                file.execute("SELECT name, details FROM rated r JOIN advisory d ON d.id = r.advisory"), key=repr
            ),
        }
    finally:
        file.close()


def _cves(snapshot: Snapshot) -> set[str | None]:
    packages = (
        package("npm", "lodash", "4.17.20"),
        package("Debian", "libssl3", "3.0.11-1", source="openssl"),
        package("Alpine", "musl", "1.2.4-r2"),
    )
    database = AdvisoryDatabase(snapshot.path)
    found = [finding.cve for os in (DEBIAN, ALPINE) for finding in findings_of(database, *packages, distribution=os)]
    database.close()
    return set(found)


def _feeds(base: Path) -> None:
    write_feed(base, "npm", [LODASH])
    write_feed(base, "Debian", [OPENSSL])
    write_feed(base, "Alpine", [MUSL])


ALL = ("npm", "Debian", "Alpine")


def test_a_snapshot_holds_every_feed(tmp_path: Path) -> None:
    _feeds(tmp_path)
    snapshot = build(tmp_path, tmp_path / "one.sqlite", *ALL)
    assert _cves(snapshot) == {"CVE-2024-1000", "CVE-2024-1001", "CVE-2024-1002"}
    assert [(state.ecosystem, state.records, state.failure) for state in snapshot.feeds] == [
        (ecosystem, 1, None) for ecosystem in ALL
    ]
    assert {state.newest_modified for state in snapshot.feeds} == {"2026-01-02T03:04:05Z"}
    assert {state.fetched_at for state in snapshot.feeds} == {NOW.isoformat()}


def test_equal_feeds_give_an_equal_id_in_any_order(tmp_path: Path) -> None:
    _feeds(tmp_path)
    one = build(tmp_path, tmp_path / "one.sqlite", *ALL)
    other = build(tmp_path, tmp_path / "other.sqlite", *reversed(ALL))
    less = build(tmp_path, tmp_path / "less.sqlite", *ALL[1:])
    assert one.id == other.id != less.id
    assert len(one.id) == 64


def test_an_unchanged_feed_is_copied_to_the_last_row(tmp_path: Path) -> None:
    _feeds(tmp_path)
    write_feed(tmp_path, "npm", [LODASH, record("GHSA-2", severity=[{"type": "CVSS_V3", "score": "?"}])])
    one = build(tmp_path, tmp_path / "one.sqlite", *ALL)
    again = build(tmp_path, tmp_path / "again.sqlite", *ALL, previous=one.path)
    backwards = build(tmp_path, tmp_path / "backwards.sqlite", *reversed(ALL), previous=one.path)
    assert again.id == backwards.id == one.id
    assert _contents(again.path) == _contents(backwards.path) == _contents(one.path)


def test_a_touched_feed_with_equal_content_is_not_read_again(tmp_path: Path) -> None:
    _feeds(tmp_path)
    one = build(tmp_path, tmp_path / "one.sqlite", "npm")
    os.utime(tmp_path / "npm" / "all.zip", ns=(1, 1))
    again = build(tmp_path, tmp_path / "again.sqlite", "npm", previous=one.path)
    assert again.id == one.id
    assert read_feeds(again.path)[0].version.startswith("1-")


def test_an_archive_that_was_made_anew_from_equal_records_gives_an_equal_id(tmp_path: Path) -> None:
    records = [LODASH, record("GHSA-2")]
    write_feed(tmp_path, "npm", records)
    one = build(tmp_path, tmp_path / "one.sqlite", "npm")
    write_feed(tmp_path, "npm", records[::-1], year=2027)
    again = build(tmp_path, tmp_path / "again.sqlite", "npm", previous=one.path)
    assert read_feeds(again.path)[0].archive != read_feeds(one.path)[0].archive
    assert again.id == one.id


def test_a_changed_feed_replaces_its_records_and_no_others(tmp_path: Path) -> None:
    _feeds(tmp_path)
    one = build(tmp_path, tmp_path / "one.sqlite", *ALL)
    write_feed(tmp_path, "npm", [record("GHSA-2", fixed_in("npm", "lodash", "5.0.0"), aliases=["CVE-2024-2000"])])
    other = build(tmp_path, tmp_path / "other.sqlite", *ALL, previous=one.path)
    assert _cves(other) == {"CVE-2024-2000", "CVE-2024-1001", "CVE-2024-1002"}
    assert other.id != one.id


def _truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-30])


def _garble(path: Path) -> None:
    path.write_bytes(b"{}" * 5000)


def _empty(path: Path) -> None:
    write_feed(path.parents[1], path.parent.name, [])


def _only_garbage(path: Path) -> None:
    write_feed(path.parents[1], path.parent.name, [], {"GHSA-9.json": b"garbage"})


def _remove(path: Path) -> None:
    path.unlink()


def _late_bomb(path: Path) -> None:
    write_feed(path.parents[1], path.parent.name, [LODASH], {"z.json": b" " * (40 << 20)})


@pytest.mark.parametrize("damage", [_truncate, _garble, _empty, _only_garbage, _remove, _late_bomb])
def test_a_feed_that_breaks_keeps_its_last_good_records(tmp_path: Path, damage: object) -> None:
    _feeds(tmp_path)
    one = build(tmp_path, tmp_path / "one.sqlite", *ALL)
    assert callable(damage)
    damage(tmp_path / "npm" / "all.zip")
    other = build(tmp_path, tmp_path / "other.sqlite", *ALL, previous=one.path)
    assert other.id == one.id
    assert _contents(other.path) == _contents(one.path)
    failures = {state.ecosystem: state.failure for state in other.feeds}
    assert failures["npm"]
    assert failures["Debian"] is failures["Alpine"] is None


def test_a_feed_recovers_after_it_was_broken(tmp_path: Path) -> None:
    _feeds(tmp_path)
    one = build(tmp_path, tmp_path / "one.sqlite", "npm")
    good = (tmp_path / "npm" / "all.zip").read_bytes()
    _truncate(tmp_path / "npm" / "all.zip")
    broken = build(tmp_path, tmp_path / "broken.sqlite", "npm", previous=one.path)
    (tmp_path / "npm" / "all.zip").write_bytes(good)
    whole = build(tmp_path, tmp_path / "whole.sqlite", "npm", previous=broken.path)
    assert broken.feeds[0].failure
    assert whole.feeds[0].failure is None
    assert whole.id == one.id


def test_half_a_feed_does_not_replace_a_whole_one(tmp_path: Path) -> None:
    many: Iterable[Json] = [record(f"GHSA-{number}") for number in range(200)]
    write_feed(tmp_path, "npm", many)
    one = build(tmp_path, tmp_path / "one.sqlite", "npm")
    write_feed(tmp_path, "npm", list(many)[:99])
    half = build(tmp_path, tmp_path / "half.sqlite", "npm", previous=one.path)
    assert half.feeds[0].failure == "the feed npm shrank from 200 to 99 records"
    assert half.id == one.id
    write_feed(tmp_path, "npm", list(many)[:100])
    assert build(tmp_path, tmp_path / "less.sqlite", "npm", previous=one.path).feeds[0].records == 100


def test_a_first_feed_that_is_broken_leaves_its_ecosystem_uncovered(tmp_path: Path) -> None:
    _feeds(tmp_path)
    _truncate(tmp_path / "npm" / "all.zip")
    snapshot = build(tmp_path, tmp_path / "one.sqlite", *ALL)
    assert snapshot.feeds[0].failure
    assert snapshot.feeds[0].records == 0
    assert _cves(snapshot) == {"CVE-2024-1001", "CVE-2024-1002"}


def test_a_bad_record_is_counted_and_named_and_the_others_are_taken(tmp_path: Path) -> None:
    bad = {"GHSA-8.json": b"garbage", "GHSA-9.json": b'{"id": 9}', "a\nb.json": b"[]"}
    write_feed(tmp_path, "npm", [LODASH], bad)
    snapshot = build(tmp_path, tmp_path / "one.sqlite", "npm")
    (state,) = snapshot.feeds
    assert (state.records, state.unreadable, state.failure) == (1, 3, None)
    assert state.unreadable_names == ("GHSA-8", "GHSA-9", "a\\nb")
    assert _cves(snapshot) == {"CVE-2024-1000"}


def test_a_thousand_bad_records_are_counted_but_not_all_named(tmp_path: Path) -> None:
    write_feed(tmp_path, "npm", [LODASH], {f"{number}.json": b"garbage" for number in range(1_000)})
    (state,) = build(tmp_path, tmp_path / "one.sqlite", "npm").feeds
    assert state.unreadable == 1_000
    assert len(state.unreadable_names) == 20


def test_a_snapshot_of_another_format_is_not_copied_from(tmp_path: Path) -> None:
    _feeds(tmp_path)
    one = build(tmp_path, tmp_path / "one.sqlite", "npm")
    file = sqlite3.connect(one.path)
    file.execute("PRAGMA user_version = 99")
    file.close()
    (tmp_path / "junk.sqlite").write_bytes(b"no database at all" * 100)
    for previous in (one.path, tmp_path / "junk.sqlite"):
        target = tmp_path / f"after-{previous.name}"
        assert build(tmp_path, target, "npm", previous=previous).id == one.id


def test_extra_bases_add_the_ecosystems_that_they_list(tmp_path: Path) -> None:
    extra = tmp_path / "extra"
    write_feed(tmp_path, "npm", [LODASH])
    write_feed(extra, "npm", [record("ACME-1", fixed_in("npm", "lodash", "9.0.0"))])
    write_feed(extra, "acme", [record("ACME-2", fixed_in("acme:1", "tool", "2"))])
    (extra / "ecosystems.txt").write_text("npm\nacme\n")
    snapshot = build(tmp_path, tmp_path / "one.sqlite", "npm", extra_bases=(str(extra),))
    database = AdvisoryDatabase(snapshot.path)
    found = findings_of(database, package("npm", "lodash", "4.17.20"))
    assert {finding.advisory for finding in found} == {"GHSA-1", "ACME-1"}
    assert database.ecosystems == ("acme:1", "npm")
    database.close()


def test_an_extra_base_that_is_gone_keeps_its_last_good_records(tmp_path: Path) -> None:
    extra = tmp_path / "extra"
    write_feed(tmp_path, "npm", [LODASH])
    write_feed(extra, "acme", [record("ACME-2", fixed_in("acme:1", "tool", "2"))])
    (extra / "ecosystems.txt").write_text("acme\n")
    one = build(tmp_path, tmp_path / "one.sqlite", "npm", extra_bases=(str(extra),))
    extra.rename(tmp_path / "moved away")
    other = build(tmp_path, tmp_path / "other.sqlite", "npm", previous=one.path, extra_bases=(str(extra),))
    assert other.id == one.id
    assert [state.ecosystem for state in other.feeds if state.failure] == ["", "acme"]


def test_a_base_that_moves_keeps_the_records_until_the_new_one_answers(tmp_path: Path) -> None:
    write_feed(tmp_path / "old", "npm", [LODASH])
    one = build(tmp_path / "old", tmp_path / "one.sqlite", "npm")
    two = build(tmp_path / "new", tmp_path / "two.sqlite", "npm", previous=one.path)
    assert two.id == one.id
    assert two.feeds[0].failure
    write_feed(tmp_path / "new", "npm", [record("GHSA-2")])
    three = build(tmp_path / "new", tmp_path / "three.sqlite", "npm", previous=two.path)
    assert three.feeds[0].failure is None
    assert [row.base for row in read_feeds(three.path)] == [str(tmp_path / "new")]


def test_an_ecosystem_that_is_no_longer_configured_is_left_out(tmp_path: Path) -> None:
    _feeds(tmp_path)
    one = build(tmp_path, tmp_path / "one.sqlite", *ALL)
    less = build(tmp_path, tmp_path / "less.sqlite", "npm", previous=one.path)
    assert _cves(less) == {"CVE-2024-1000"}


def test_wrong_settings_are_an_error_and_not_a_gap(tmp_path: Path) -> None:
    with pytest.raises(InvalidEcosystem):
        build(tmp_path, tmp_path / "one.sqlite", "../npm")


def test_nothing_is_left_beside_the_snapshot(tmp_path: Path) -> None:
    _feeds(tmp_path / "base")
    (tmp_path / "work").mkdir()
    build(tmp_path / "base", tmp_path / "work" / "one.sqlite", *ALL)
    assert [path.name for path in (tmp_path / "work").iterdir()] == ["one.sqlite"]
