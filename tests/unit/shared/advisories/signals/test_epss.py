"""The scores of the Exploit Prediction Scoring System."""

import gzip
from pathlib import Path

import pytest

from shared.advisories.archive import FeedBroken
from shared.advisories.signals import epss as reader
from shared.advisories.signals.interface import EpssScore, SignalRows
from tests.support.signal_feeds import DAY, epss

HEAD = b"#model_version:v2025.03.14,score_date:2026-11-01T00:00:00+0000\ncve,epss,percentile\n"


def read(tmp_path: Path, content: bytes) -> SignalRows[EpssScore]:
    path = tmp_path / "epss.csv.gz"
    path.write_bytes(content)
    return reader.read_epss(path)


def test_scores_come_in_the_order_of_their_names_with_their_day(tmp_path: Path) -> None:
    found = read(tmp_path, epss(CVE_2026_0002=0.25, CVE_2026_0001=0.0))
    assert found.rows == (EpssScore("CVE-2026-0001", 0.0, 0.0), EpssScore("CVE-2026-0002", 0.25, 0.5))
    assert found.edition == DAY


@pytest.mark.parametrize("head", [HEAD, b"cve,epss,percentile\n", HEAD.replace(b"\n", b"\r\n")])
def test_a_table_may_be_plain_and_without_a_comment(tmp_path: Path, head: bytes) -> None:
    assert read(tmp_path, head + b"CVE-2026-0001,9.1e-05,1").rows == (EpssScore("CVE-2026-0001", 9.1e-05, 1.0),)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html>busy</html>",
        epss(CVE_2026_0001=0.5)[:-12],
        gzip.compress(HEAD, mtime=0),
        HEAD.replace(b"cve,epss", b"cve,score") + b"CVE-2026-0001,0.5,0.5\n",
        HEAD + b"CVE-2026-0001,0.5\n",
        HEAD + b"CVE-2026-0001,1.5,0.5\n",
        HEAD + b"CVE-2026-0001,nan,0.5\n",
        HEAD + b"CVE-2026-0001,-0.5,0.5\n",
        HEAD + b"CVE-2026-0001,0.5,0.5,0.5\n",
        HEAD + b"\n",
        HEAD + b"CVE-2026-0001,0.5,0.5\nCVE-2026-00",
        HEAD + "CVE-2026-0001,٠.5,0.5\n".encode(),
        HEAD + b"x" * 100_000,
    ],
)
def test_what_is_no_such_table_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(FeedBroken):
        read(tmp_path, content)


def test_a_bomb_is_not_inflated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MAX_BYTES", 1000)
    lines = b"".join(b"CVE-2026-%04d,0.5,0.5\n" % number for number in range(100))
    with pytest.raises(FeedBroken, match="inflate to more than 1000 bytes"):
        read(tmp_path, gzip.compress(HEAD + lines))


def test_there_is_an_end_to_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "_MOST", 2)
    lines = [b"CVE-2026-%04d,0.5,0.5\n" % number for number in range(3)]
    assert len(read(tmp_path, HEAD + b"".join(lines[:2])).rows) == 2
    with pytest.raises(FeedBroken, match="more than 2 lines"):
        read(tmp_path, HEAD + b"".join(lines))


@pytest.mark.parametrize(
    "lines", [b"CVE-2026-0001,0.9,1\nCVE-2026-0001,0.1,0.5", b"CVE-2026-0001,0.1,0.5\nCVE-2026-0001,0.9,1"]
)
def test_of_a_flaw_that_comes_twice_the_higher_score_counts(tmp_path: Path, lines: bytes) -> None:
    assert read(tmp_path, HEAD + lines).rows == (EpssScore("CVE-2026-0001", 0.9, 1.0),)
