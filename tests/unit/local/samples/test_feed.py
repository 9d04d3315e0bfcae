"""The sample advisories make a feed that speaks about nothing real."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from cvss import CVSS3

from local.samples.feed import write_feed
from shared.domain.severity import Severity, from_cvss_score


@pytest.fixture
def records(tmp_path: Path) -> list[dict[str, Any]]:
    write_feed(tmp_path)
    with zipfile.ZipFile(tmp_path / "plimsoll-sample" / "all.zip") as archive:
        return [json.loads(archive.read(name)) for name in archive.namelist()]


def test_the_feed_lists_its_ecosystem(tmp_path: Path) -> None:
    write_feed(tmp_path)
    assert (tmp_path / "ecosystems.txt").read_text() == "plimsoll-sample\n"


def test_every_record_is_a_named_sample_of_the_made_up_distribution(records: list[dict[str, Any]]) -> None:
    assert len({record["id"] for record in records}) == len(records) == 8
    for record in records:
        (affected,) = record["affected"]
        assert record["id"].startswith("SAMPLE-2026-")
        assert record["summary"].startswith("Sample: ")
        assert "aliases" not in record
        assert affected["package"]["ecosystem"] == "plimsoll-sample:1"
        assert affected["package"]["purl"] == f"pkg:deb/plimsoll-sample/{affected['package']['name']}"


def test_every_severity_is_there(records: list[dict[str, Any]]) -> None:
    scores = [float(CVSS3(record["severity"][0]["score"]).scores()[0]) for record in records]
    assert {from_cvss_score(score) for score in scores} == set(Severity) - {Severity.UNKNOWN}


def test_writing_the_same_feed_again_touches_no_file(tmp_path: Path) -> None:
    write_feed(tmp_path)
    feed = tmp_path / "plimsoll-sample" / "all.zip"
    before = feed.stat()
    write_feed(tmp_path)
    assert (feed.stat().st_ino, feed.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_broken_feed_is_written_anew(tmp_path: Path) -> None:
    write_feed(tmp_path)
    feed = tmp_path / "plimsoll-sample" / "all.zip"
    whole = feed.read_bytes()
    feed.write_bytes(whole[:100])
    write_feed(tmp_path)
    assert feed.read_bytes() == whole
