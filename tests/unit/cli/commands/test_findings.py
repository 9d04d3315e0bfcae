"""``findings``: the table, and what it may lack."""

from __future__ import annotations

import pytest

from tests.support.command_runs import run, run_json, run_text
from tests.support.examples import push
from tests.support.memory_app import MemoryApp


def test_the_table_has_a_line_for_each_finding_of_each_image(
    estate: MemoryApp, capsys: pytest.CaptureFixture[str]
) -> None:
    status, told = run_text(capsys, "findings", "--cve", "CVE-2")
    assert status == 0
    assert [line.split() for line in told.splitlines()] == [
        ["severity", "flaw", "package", "version", "fixed", "in", "exploit", "image", "digest", "state"],
        *(
            ["low", "CVE-2", "openssl", "3.0.1", "not-fixed", "-", f"contoso.azurecr.io/team/{app}", "0" * 12, *state]
            for app, state in (("app2:v2", ["open"]), ("app3:v3", ["disabled", "by", "r1"]))
        ),
    ]


def test_a_table_that_is_cut_says_so_beside_it(estate: MemoryApp, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("findings", "--top", "2") == 0
    written = capsys.readouterr()
    assert (len(written.out.splitlines()), written.err) == (3, "Only the first 2 are shown.\n")


@pytest.mark.parametrize("command", ["images", "findings", "recommendations"])
@pytest.mark.parametrize("top", [1, 2, 3, 4, 6, 7])
def test_the_first_of_a_list_are_the_first_of_all(
    estate: MemoryApp, capsys: pytest.CaptureFixture[str], command: str, top: int
) -> None:
    _, whole = run_json(capsys, command)
    assert run_json(capsys, command, "--top", top)[1]["value"] == whole["value"][:top]
    run(command, "--top", top)
    assert ("Only the first" in capsys.readouterr().err) == (top < len(whole["value"]))


def test_an_image_whose_findings_nobody_can_read_is_told_of_and_is_no_all_clear(
    estate: MemoryApp, capsys: pytest.CaptureFixture[str]
) -> None:
    estate.containers["reports"].blobs.clear()
    status, told = run_text(capsys, "findings", "--cve", "CVE-9", "--repository", "team/app2")
    assert status == 0
    assert "! With findings that cannot be read: 1 image:\n!   contoso.azurecr.io/team/app2:v2 000000000000: " in told
    for word in ("open", "unanswered"):
        assert run("findings", "--cve", "CVE-9", "--repository", "team/app2", "--fail-on", word) == 1


def test_images_that_are_not_assessed_are_told_below_the_list(
    estate: MemoryApp, capsys: pytest.CaptureFixture[str]
) -> None:
    estate.world.advisories = None
    estate.record_push(push("e8", 8, tag="v8"))
    estate.work()
    status, told = run_text(capsys, "findings", "--cve", "CVE-9")
    assert (status, told) == (
        0,
        "No finding is known that was asked for.\n"
        "! Not wholly assessed, and may have findings that nobody knows of: 1 image.\n",
    )
    assert run("findings", "--cve", "CVE-9", "--fail-on", "open") == 0
    assert run("findings", "--cve", "CVE-9", "--fail-on", "unanswered") == 1
