from pathlib import Path

from shared.advisories.archive import DEFAULT_LIMITS
from shared.advisories.reading import FeedReading
from shared.advisories.versions.scheme import Scheme
from tests.unit.shared.advisories.osv_samples import fixed_in, record, write_feed


def test_records_are_counted_and_bad_ones_named(tmp_path: Path) -> None:
    records = [record("X-1", modified="2026-01-01T00:00:00Z"), record("X-2", modified="2025-01-01T00:00:00Z")]
    reading = FeedReading(write_feed(tmp_path, "acme", records, {"X-3.json": b"garbage"}), DEFAULT_LIMITS)
    assert [found.id for found in reading.records()] == ["X-1", "X-2"]
    assert (reading.count, reading.unreadable, reading.unreadable_names) == (2, 1, ["X-3.json"])
    assert len(reading.content()) == 64
    assert reading.newest_modified == "2026-01-01T00:00:00Z"


def test_looking_for_the_version_order_counts_nothing(tmp_path: Path) -> None:
    entry = fixed_in("acme:1", "a", "1")
    entry = {**entry, "package": {"ecosystem": "acme:1", "name": "a", "purl": "pkg:rpm/acme/a"}}
    reading = FeedReading(write_feed(tmp_path, "acme", [record("X-1", entry)]), DEFAULT_LIMITS)
    assert reading.scheme("acme") is Scheme.RPM
    assert reading.scheme("Debian") is Scheme.DEB
    assert reading.count == 0
