"""The catalog of known exploited vulnerabilities."""

import json
from pathlib import Path

import pytest

from shared.advisories.archive import FeedBroken
from shared.advisories.signals.interface import KevEntry
from shared.advisories.signals.kev import read_kev
from tests.support.signal_feeds import DAY, kev


def read(tmp_path: Path, content: bytes) -> tuple[KevEntry, ...]:
    path = tmp_path / "kev.json"
    path.write_bytes(content)
    return read_kev(path).rows


def test_entries_come_in_the_order_of_their_names(tmp_path: Path) -> None:
    assert read(tmp_path, kev("CVE-2026-0002", "CVE-2026-0001")) == (
        KevEntry("CVE-2026-0001", DAY, "2026-11-22", False),
        KevEntry("CVE-2026-0002", DAY, "2026-11-22", True),
    )


def test_an_entry_may_lack_what_it_is_not_ordered_by(tmp_path: Path) -> None:
    entry = {"cveID": "CVE-2026-0001", "dateAdded": DAY}
    assert read(tmp_path, json.dumps({"vulnerabilities": [entry]}).encode()) == (
        KevEntry("CVE-2026-0001", DAY, None, False),
    )


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<!DOCTYPE html><title>Access denied</title>",
        b"[]",
        b"{}",
        b'{"vulnerabilities": []}',
        kev("CVE-2026-0001")[:-20],
        kev("CVE-2026-0001", count=2),
        kev("GHSA-1-2-3"),
        kev("CVE-2026-0001' OR 1=1"),
        kev("CVE-2026-0001\n"),
        kev("CVE-2026-0001").replace(DAY.encode(), b"yesterday"),
        b"[" * 100_000,
    ],
)
def test_what_is_no_catalog_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(FeedBroken):
        read(tmp_path, content)
