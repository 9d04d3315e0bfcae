"""Names and texts that would take over a terminal, or that rich would read as its markup, are shown as they are."""

from __future__ import annotations

import json
import unicodedata

import pytest

from shared import bootstrap
from shared.domain.criteria import Criteria
from shared.domain.events import FindingDisabled
from shared.domain.packages import Distribution
from shared.domain.rules import RuleScope
from tests.support.command_runs import run, run_json, run_text
from tests.support.examples import REGISTRY, digest, finding, inventory, package, push, report
from tests.support.memory_app import MemoryAdvisories, MemoryApp

# Clears the screen, sets the title, colours, ends the line, turns the direction of writing; markup and emoji of rich.
EVIL = "\x1b[2J\x1b]0;title\x07\x9b31m[red]x[/red][/]\r\n\u202e\u2028:bomb:[link=file:///etc/passwd]y"
SHOWN = "\\x1b[2J\\x1b]0;title\\x07\\x9b31m[red]x[/red][/]\\r\\n\\u202e\\u2028:bomb:[link=file:///etc/passwd]y"
COMMANDS = [
    ("images",),
    ("image", REGISTRY, digest(1)),
    ("findings",),
    ("recommendations",),
    ("exposure",),
    ("rules",),
    ("rules", "show", "r1"),
    ("billing", "--month", "2026-11"),
]


@pytest.fixture
def hostile(monkeypatch: pytest.MonkeyPatch) -> MemoryApp:
    """Put an app behind the command line in which every text that a stranger may choose is hostile."""
    app = MemoryApp()
    app.world.inventory = inventory(distribution=Distribution("debian", EVIL, EVIL))
    hit = finding(of=package(EVIL, EVIL), title=EVIL, remediation=EVIL, fixed_version=EVIL)
    other = finding("CVE-2", of=package("zlib", "1"))
    app.world.advisories = MemoryAdvisories(report=report([hit, other]))
    app.record_push(push("e1", tag=EVIL, repository=EVIL))
    app.work()
    rule = FindingDisabled("r1", RuleScope(registry=EVIL), Criteria(("CVE-2",), text=EVIL), EVIL, EVIL)
    app.disable_findings.disable(rule)
    app.work()
    monkeypatch.setattr("cli.session.open_installation", lambda environment, data: app)
    monkeypatch.setattr(bootstrap, "_app", app)
    return app


@pytest.mark.parametrize("arguments", COMMANDS, ids=[" ".join(one[:2]) for one in COMMANDS])
def test_a_pipe_gets_no_control_character_and_every_character_of_the_text(
    hostile: MemoryApp, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    status, told = run_text(capsys, *arguments)
    assert status == 0
    assert SHOWN in told
    assert controls(told) == set()


@pytest.mark.parametrize("arguments", COMMANDS, ids=[" ".join(one[:2]) for one in COMMANDS])
def test_a_terminal_gets_no_escape_sequence_but_those_of_the_colours(
    hostile: MemoryApp,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "1000")
    status, told = run_text(capsys, *arguments)
    assert status == 0
    without = told.replace("\x1b[1m", "").replace("\x1b[2m", "").replace("\x1b[0m", "")
    assert SHOWN in without
    assert controls(without) == set()


def test_an_error_that_repeats_hostile_text_is_shown_as_it_is(
    hostile: MemoryApp, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("rules", "show", EVIL) == 3
    assert run("images", "--health", EVIL) == 2
    assert run("image", EVIL, digest(1)) == 2
    assert controls(capsys.readouterr().err) == set()


def test_json_has_the_very_text_with_its_control_characters_escaped(
    hostile: MemoryApp, capsys: pytest.CaptureFixture[str]
) -> None:
    status, told = run_json(capsys, "images")
    assert (status, told["value"][0]["repository"]) == (0, EVIL)
    run("images", "--json")
    written = capsys.readouterr().out
    assert not [one for one in written if ord(one) < 32 and one != "\n"]
    assert json.loads(written) == told


def controls(text: str) -> set[str]:
    """Return what of a text Unicode calls control, format and separator characters, but for line ends."""
    return {one for one in text if unicodedata.category(one) in ("Cc", "Cf", "Zl", "Zp") and one != "\n"}
