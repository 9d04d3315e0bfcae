"""``recommendations``: what is exploited is told beside the severity."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.command_runs import run
from tests.support.examples import finding, push, report
from tests.support.memory_app import MemoryAdvisories, MemoryApp
from tests.support.signal_feeds import kev, put_in_force


def test_how_many_findings_are_exploited_is_told_where_any_is(
    estate: MemoryApp, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    estate.world.advisories = MemoryAdvisories(report=report([finding("CVE-2026-0001")]))
    estate.record_push(push("e9", 9, 9, tag="v9", repository="team/app9"))
    estate.work()
    run("recommendations")
    assert "exploited" not in capsys.readouterr().out
    put_in_force(estate, tmp_path, kev("CVE-2026-0001"))
    run("recommendations")
    assert capsys.readouterr().out.count("1 exploited") == 1
