"""``rules``: what the HTTP API has, with the user of this machine as the actor."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from functions import rules
from shared.domain.image_health import Health
from tests.support.command_runs import run, run_json, run_text, whole_list
from tests.support.memory_app import MemoryApp
from tests.support.triggers import ask

RULE = {"criteria": {"cves": ["CVE-1"]}, "scope": {"repository": "team/app1"}, "reason": "not reachable"}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return a file with a rule that makes one image healthy."""
    written = tmp_path / "rule.json"
    written.write_text(json.dumps(RULE))
    return written


@pytest.mark.parametrize("arguments", [("rules",), ("rules", "list")])
def test_the_list_is_that_of_the_http_api(
    estate: MemoryApp, capsys: pytest.CaptureFixture[str], file: Path, arguments: tuple[str, ...]
) -> None:
    estate.world.clock.forward(minutes=1)
    assert (run("rules", "add", "--file", file), run("rules", "add", "--file", file)) == (0, 0)
    expected = whole_list(rules.list_rules, "/api/rules")
    assert len(expected["value"]) == 3
    assert run_json(capsys, *arguments) == (0, expected)
    assert run_json(capsys, *arguments, "--top", "1") == (0, {"value": expected["value"][:1]})


def test_the_list_as_of_a_time_has_the_rules_of_that_time(
    estate: MemoryApp, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_json(capsys, "rules", "--as-of", "2026-11-02T10:03:00Z") == (0, {"value": []})
    assert run_text(capsys, "rules", "list", "--as-of", "2026-11-02T10:03:00Z") == (0, "No rule was ever made.\n")


def test_one_rule_is_that_of_the_http_api(estate: MemoryApp, capsys: pytest.CaptureFixture[str]) -> None:
    _, expected = ask(rules.get_rule, "/", route={"id": "r1"})
    assert run_json(capsys, "rules", "show", "r1") == (0, expected)
    status, told = run_text(capsys, "rules", "show", "r1")
    assert status == 0
    assert "scope      repository team/app3\ncriterion  cves CVE-2\nreason     accepted\n" in told


def test_a_preview_is_that_of_the_http_api_and_writes_nothing(
    estate: MemoryApp, capsys: pytest.CaptureFixture[str], file: Path
) -> None:
    before = estate.rules.book()
    _, expected = ask(rules.preview_rule, "/", method="POST", body=RULE)
    assert (expected["findings"], expected["becomeHealthy"]) == (1, 1)
    assert run_json(capsys, "rules", "preview", "--file", file) == (0, expected)
    _, told = run_text(capsys, "rules", "preview", "--file", file)
    assert told.startswith("The rule would hide 1 finding and reopen 0 in 1 image; 1 would become healthy, 0 ")
    assert estate.rules.book() == before


def test_a_rule_is_made_and_taken_back_in_the_name_of_the_user(
    estate: MemoryApp, capsys: pytest.CaptureFixture[str], file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOGNAME", "sam")
    status, made = run_json(capsys, "rules", "add", "--file", file)
    assert (status, made["author"], made["state"]) == (0, "command-line:sam", "active")
    estate.work()
    assert estate.health(1).health is Health.HEALTHY

    status, removed = run_json(capsys, "rules", "remove", made["id"], "--reason", "it is reachable")
    assert (status, removed["state"]) == (0, "removed")
    estate.work()
    assert estate.health(1).health is Health.UNHEALTHY
    actors = [one.meta.actor for one in estate.disable_findings.history(made["id"])]
    assert actors == ["command-line:sam", "command-line:sam"]


def test_a_rule_is_read_from_standard_input(
    estate: MemoryApp, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(json.dumps(RULE).encode())))
    status, made = run_json(capsys, "rules", "add", "--file", "-")
    assert made["state"] == "active"
    assert (status, made["criteria"]["cves"]) == (0, ["CVE-1"])


def test_criteria_on_exploitation_are_shown(estate: MemoryApp, capsys: pytest.CaptureFixture[str], file: Path) -> None:
    file.write_text(json.dumps({**RULE, "criteria": {"notExploited": True, "epssBelow": 0.05}}))
    status, made = run_json(capsys, "rules", "add", "--file", file)
    assert (status, made["criteria"]["epssBelow"]) == (0, 0.05)
    assert "notExploited; epssBelow 0.05" in run_text(capsys, "rules")[1]
    assert "criterion  epssBelow 0.05\n" in run_text(capsys, "rules", "show", made["id"])[1]
    told = run_text(capsys, "rules", "preview", "--file", file)[1]
    assert told.startswith("The rule would hide 0 findings")
    assert told.endswith("hides nothing as long as this is so: no exploit signals are at hand.\n")


@pytest.mark.parametrize("action", ["show", "remove"])
def test_a_rule_that_is_not_there_is_not_found(
    estate: MemoryApp, capsys: pytest.CaptureFixture[str], action: str
) -> None:
    assert run("rules", action, "nobody") == 3
    assert capsys.readouterr().err == "plimsoll: no rule has the id 'nobody'\n"


@pytest.mark.parametrize(
    "content", ["", "{}", '{"criteria": {}, "reason": "x"}', '{"criteria": {"cvs": []}}', "[" * 9999]
)
def test_a_rule_that_cannot_be_made_is_wrong_use_and_writes_nothing(
    estate: MemoryApp, capsys: pytest.CaptureFixture[str], file: Path, content: str
) -> None:
    before = estate.rules.book()
    file.write_text(content)
    assert run("rules", "add", "--file", file) == 2
    assert capsys.readouterr().err.startswith("plimsoll: ")
    assert estate.rules.book() == before


def test_a_file_that_is_not_there_or_too_large_is_a_problem(
    estate: MemoryApp, capsys: pytest.CaptureFixture[str], file: Path
) -> None:
    assert run("rules", "add", "--file", file.with_name("none")) == 1
    file.write_bytes(b" " * (1024 * 1024 + 1))
    assert run("rules", "add", "--file", file) == 1
    assert "more than 1,048,576 bytes" in capsys.readouterr().err
