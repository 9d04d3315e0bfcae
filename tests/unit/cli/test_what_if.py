"""The command ``what-if`` over the app in memory."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli.__main__ import main
from tests.support.examples import finding, push, report
from tests.support.memory_app import MemoryAdvisories, MemoryApp


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> MemoryApp:
    """Put an app with two images that have a finding each in the place of the installation."""
    made = MemoryApp()
    made.world.advisories = MemoryAdvisories(report=report([finding("CVE-1")]))
    for number in (1, 2):
        made.record_push(push(f"e{number}", number, tag=f"v{number}"))
    made.work()
    monkeypatch.setattr("cli.session.open_installation", lambda environment, data: made)
    return made


def run(*arguments: str) -> int:
    return main(["what-if", *arguments], {})


def test_the_command_tells_what_would_be_otherwise(app: MemoryApp, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--unhealthy-from", "critical", "--top", "1") == 0
    told = capsys.readouterr().out
    assert "Compared: 2 images, of which 2 would be otherwise." in told
    assert "2 changes of health would not have happened, 2 others would have." in told
    assert "2 notices would not have been sent, 0 others would have been." in told
    assert "and 1 more: --top lists more of them" in told
    assert "!" not in told


def test_what_is_not_known_is_told_first(app: MemoryApp, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--unhealthy-from", "high", "--sample", "1") == 0
    assert "! 1 images are beyond the sample" in capsys.readouterr().out


def test_a_rule_comes_from_a_file(app: MemoryApp, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "rule.json"
    file.write_text('{"criteria": {"cves": ["CVE-1"]}, "reason": "accepted"}')
    assert run("--rule", str(file), "--json") == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["changed"], answer["findings"]["after"]["high"]) == (2, 0)


def test_readers_are_for_the_command(app: MemoryApp, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--readers", "--json") == 0
    assert json.loads(capsys.readouterr().out)["changed"] == 0


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        ([], 2, "nothing is supposed"),
        (["--unhealthy-from", "hgih"], 2, "Invalid enum value"),
        (["--without", "lost"], 1, "no rule has the id 'lost'"),
        (["--advisory-snapshot", "lost"], 1, "no snapshot 'lost' is kept"),
    ],
)
def test_mistakes_end_the_command_with_a_line(
    app: MemoryApp, capsys: pytest.CaptureFixture[str], arguments: list[str], status: int, said: str
) -> None:
    assert run(*arguments) == status
    assert said in capsys.readouterr().err


def test_a_file_without_a_rule_is_named(app: MemoryApp, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "rule.json"
    file.write_text("{")
    assert run("--rule", str(file)) == 2
    assert "rule.json holds no rule as JSON" in capsys.readouterr().err
