import sqlite3
from pathlib import Path

import pytest

from shared.advisories.lookup import Lookup, SnapshotUnusable, read_feeds
from shared.advisories.schema import FORMAT
from shared.advisories.versions.scheme import Scheme, sort_key
from tests.unit.shared.advisories.osv_samples import affected, build, fixed_in, record, write_feed


def _lookup(directory: Path) -> Lookup:
    events = [{"introduced": "1.0.0"}, {"fixed": "1.5.0"}, {"introduced": "2.0.0"}, {"fixed": "2.5.0"}]
    severity = [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}]
    records = [
        record("GHSA-1", affected("npm", "a", *events), aliases=["CVE-2024-1000"], severity=severity),
        record("GHSA-2", fixed_in("npm", "a", "1.0.0"), aliases=["CVE-2024-1001"]),
        record("GHSA-3", fixed_in("npm", "a", "?")),
    ]
    write_feed(directory, "npm", records)
    return Lookup(build(directory, directory / "one.sqlite", "npm").path)


def _advisories(found: Lookup, version: str | None) -> list[str]:
    (holding,) = found.ecosystems["npm"]
    rows = found.affected(holding, "a", sort_key(Scheme.SEMVER, version) if version else None)
    return [found.details(row.advisory).id for row in rows]


def test_a_version_finds_all_rows_of_the_advisories_that_may_hit_it(tmp_path: Path) -> None:
    found = _lookup(tmp_path)
    assert _advisories(found, "1.2.0") == ["GHSA-1", "GHSA-1", "GHSA-3"]
    assert _advisories(found, "0.1.0") == ["GHSA-2", "GHSA-3"]
    assert _advisories(found, "1.7.0") == ["GHSA-3"]
    found.close()


def test_without_a_key_every_advisory_of_the_package_is_found(tmp_path: Path) -> None:
    found = _lookup(tmp_path)
    assert _advisories(found, None) == ["GHSA-1", "GHSA-1", "GHSA-2", "GHSA-3"]
    found.close()


def test_only_advisories_with_a_rating_answer_for_a_flaw(tmp_path: Path) -> None:
    found = _lookup(tmp_path)
    assert [found.details(number).id for number in found.rated(["CVE-2024-1000", "GHSA-1"])] == ["GHSA-1"]
    assert found.rated(["CVE-2024-1001", "GHSA-2", ""]) == ()
    found.close()


def test_an_open_snapshot_can_be_removed(tmp_path: Path) -> None:
    found = _lookup(tmp_path)
    (tmp_path / "one.sqlite").unlink()
    assert _advisories(found, "1.2.0")
    found.close()


def test_a_snapshot_of_another_format_is_unusable(tmp_path: Path) -> None:
    _lookup(tmp_path).close()
    file = sqlite3.connect(tmp_path / "one.sqlite")
    file.execute("PRAGMA user_version = 1")
    file.close()
    with pytest.raises(SnapshotUnusable, match=f"format 1, not {FORMAT}"):
        Lookup(tmp_path / "one.sqlite")
    assert read_feeds(tmp_path / "one.sqlite") == ()
