"""Exit statuses: 0 well, 1 found or failed, 2 wrong use, 3 not there."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from cli.errors import exit_status
from shared.api.errors import ApiError
from shared.domain.failures import FailureReason, ScanFailure
from shared.domain.severity import Severity
from shared.eventlog.interface import UnknownEvent
from shared.storage.documents import DocumentMissing
from tests.support.command_runs import run, run_json
from tests.support.examples import REGISTRY, digest, push
from tests.support.memory_app import MemoryApp

UNKNOWN = digest(99)


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        ("images", 0),
        ("images --fail-on unhealthy", 1),
        ("images --fail-on not-assessed,unsupported", 0),
        ("images --fail-on not-assessed,healthy", 1),
        ("images --health healthy --fail-on unhealthy", 0),
        ("images --top 1 --fail-on healthy", 1),
        ("images --registry nobody.azurecr.io --fail-on unhealthy", 0),
        ("findings --fail-on open", 1),
        ("findings --cve CVE-2 --repository team/app3 --fail-on open", 0),
        ("findings --cve CVE-9 --fail-on open,unanswered", 0),
        (f"image {REGISTRY} {digest(1)}", 0),
        (f"image {REGISTRY} {digest(1)} --fail-on unhealthy", 1),
        (f"image {REGISTRY} {digest(4)} --fail-on unhealthy,not-assessed", 0),
        (f"image {REGISTRY} {UNKNOWN}", 3),
        (f"image {REGISTRY} {digest(4)} --as-of 2026-11-02T10:00:00Z", 3),
        (f"image {REGISTRY} abcdef", 3),
        (f"image {REGISTRY} sha256:000000", 2),
        (f"image {REGISTRY} latest", 2),
        ("images --health ill", 2),
        ("images --registry Not/A/Host", 2),
        ("images --as-of yesterday", 2),
        ("images --as-of 2999-01-01T00:00:00Z", 2),
        ("findings --severity bad", 2),
        ("findings --digest 12", 2),
        ("billing --month 2026-13", 2),
        ("recommendations --as-of 2026", 2),
        ("findings --epss-from 2", 2),
        ("trends --points 0", 2),
        ("exposure --target-days soon", 2),
        ("trends --from 2026-11-02T10:00:00Z --to 2026-11-01T10:00:00Z", 2),
    ],
)
def test_the_exit_status_says_what_came_of_it(
    estate: MemoryApp, capsys: pytest.CaptureFixture[str], arguments: str, status: int
) -> None:
    assert run(*arguments.split()) == status
    assert capsys.readouterr().err.startswith("plimsoll: ") == (status > 1)


@pytest.mark.parametrize(
    "arguments",
    [
        "images --top 0",
        "images --fail-on ill",
        "images --fail-on ",
        "findings --fixable maybe",
        "findings --fail-on unhealthy",
        "image",
        f"image {REGISTRY}",
        "rules add",
        "rules show",
        "rules forget r1",
        "scan",
    ],
)
def test_what_the_command_line_cannot_be_is_wrong_use(
    estate: MemoryApp, capsys: pytest.CaptureFixture[str], arguments: str
) -> None:
    with pytest.raises(SystemExit) as left:
        run(*arguments.split(" "))
    assert left.value.code == 2
    assert "usage: python -m cli" in capsys.readouterr().err


def test_the_json_is_whole_whatever_the_exit_status_says(estate: MemoryApp, capsys: pytest.CaptureFixture[str]) -> None:
    status, told = run_json(capsys, "images", "--fail-on", "unhealthy", "--top", "2")
    assert (status, len(told["value"])) == (1, 2)


def test_a_digest_may_be_cut_short_where_that_names_one_image(
    estate: MemoryApp, capsys: pytest.CaptureFixture[str]
) -> None:
    for begin in (digest(4)[:-1] + "4", digest(4).removeprefix("sha256:")[:63]):
        capsys.readouterr()
        assert run("image", REGISTRY, begin) in (0, 2)
    estate.record_push(push("e7", 16**63, tag="v7"))
    estate.work()
    status, told = run_json(capsys, "image", REGISTRY, "100000")
    assert (status, told["digest"]) == (0, digest(16**63))


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (ApiError(400, "x", "x"), 2),
        (ApiError(404, "x", "x"), 3),
        (ApiError(409, "x", "x"), 1),
        (ScanFailure(FailureReason.MANIFEST_MISSING, "x"), 3),
        (ScanFailure(FailureReason.REGISTRY_NOT_ALLOWED, "x"), 1),
        (FileNotFoundError(), 1),
        (UnknownEvent("x"), 1),
        (DocumentMissing("x"), 1),
        (ZeroDivisionError(), None),
    ],
)
def test_every_kind_of_error_has_its_exit_status(error: Exception, status: int | None) -> None:
    assert exit_status(error) == status


def test_settings_that_differ_from_those_of_the_app_give_no_answer(
    estate: MemoryApp, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = replace(estate.settings, unhealthy_from=Severity.HIGH)
    other = MemoryApp(settings, estate.world, estate.tables, estate.containers, estate.queues)
    monkeypatch.setattr("cli.session.open_installation", lambda environment, data: other)
    for command in ("images", f"image {REGISTRY} {digest(1)}", "findings", "recommendations", "rules"):
        capsys.readouterr()
        status = run(*command.split())
        written = capsys.readouterr()
        assert (status, written.out) == (2, ""), command
        assert "set UNHEALTHY_FROM as the app has it" in written.err
