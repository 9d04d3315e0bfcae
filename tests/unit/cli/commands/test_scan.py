"""``scan``: asks for a scan, and waits for it where that is wanted."""

from __future__ import annotations

import pytest

from tests.support.command_runs import run, run_json, run_text
from tests.support.examples import REGISTRY, digest
from tests.support.memory_app import MemoryApp, image_manifest

NAMED = f"{REGISTRY}/team/app9:v9"


@pytest.fixture
def tagged(estate: MemoryApp) -> MemoryApp:
    """Put an image into the registry that nobody has told of."""
    estate.world.registry.manifests["v9"] = image_manifest(9)
    return estate


@pytest.mark.parametrize("image", [NAMED, f"{REGISTRY}/team/app9@{digest(9)}"])
def test_a_scan_is_asked_for_by_tag_or_digest(
    tagged: MemoryApp, capsys: pytest.CaptureFixture[str], image: str
) -> None:
    status, told = run_json(capsys, "scan", image)
    assert (status, told["registry"], told["digest"], told["status"]) == (0, REGISTRY, digest(9), "running")
    assert told["statusUrl"] == f"/api/scans/{REGISTRY}/{digest(9)}/{told['id']}"
    tagged.work()
    assert tagged.health(9).repository == "team/app9"


def test_one_waits_until_the_scan_has_ended(
    tagged: MemoryApp, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cli.commands.scan.sleep", lambda seconds: tagged.work())
    status, told = run_json(capsys, "scan", NAMED, "--wait")
    assert (status, told["status"], told["images"]) == (0, "completed", [digest(9)])
    status, words = run_text(capsys, "scan", NAMED, "--wait")
    assert status == 0
    assert f"See `image {REGISTRY} {digest(9)}`." in words


def test_a_scan_that_fails_is_a_problem(
    tagged: MemoryApp, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(seconds: float) -> None:
        tagged.world.advisories = None
        tagged.work()

    monkeypatch.setattr("cli.commands.scan.sleep", fail)
    status, told = run_json(capsys, "scan", NAMED, "--wait")
    assert (status, told["status"]) == (1, "failed")
    assert told["reason"]


def test_a_scan_that_does_not_end_in_time_is_a_problem(
    tagged: MemoryApp, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    times = iter((0.0, 1.0, 2.0))
    monkeypatch.setattr("cli.commands.scan.monotonic", lambda: next(times))
    monkeypatch.setattr("cli.commands.scan.sleep", lambda seconds: None)
    assert run("scan", NAMED, "--wait", "--timeout", "1") == 1
    assert "still runs" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("image", "status"),
    [(f"{REGISTRY}/team/app:none", 3), ("nothing", 2), ("Bad/x:1", 2), (f"{REGISTRY}/x@sha256:12", 2)],
)
def test_what_cannot_be_scanned_is_told(
    tagged: MemoryApp, capsys: pytest.CaptureFixture[str], image: str, status: int
) -> None:
    assert run("scan", image) == status
    assert capsys.readouterr().err.startswith("plimsoll: ")
