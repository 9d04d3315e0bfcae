"""The commands for daily use as processes of their own, over real storage and a real registry."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import pytest

from shared.domain.image_health import Health
from tests.support.command_line import SECONDS, command, finish, on_terminal
from tests.support.made_images import debian_image
from tests.support.service import Service

_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


@pytest.fixture
def watched(service: Service) -> dict[str, str]:
    """Have two images scanned, of which the first is unhealthy; return their digests by repository."""
    contents = {"team/bad": {"openssl": "3.0.11-1"}, "team/good": {"openssl": "3.0.15-1"}}
    found = {name: service.pushed(name, debian_image(packages), "1.0") for name, packages in contents.items()}
    service.drain()
    return found


def test_what_is_listed_is_what_the_service_knows(service: Service, watched: dict[str, str]) -> None:
    bad, good = watched["team/bad"], watched["team/good"]

    status, images = finish(command(service, "images", "--json"))
    assert (status, [(one["digest"], one["health"]) for one in images["value"]]) == (
        0,
        [(bad, "unhealthy"), (good, "healthy")],
    )
    status, image = finish(command(service, "image", service.host, bad[7:25], "--json", "--fail-on", "unhealthy"))
    assert (status, image["digest"], image["upgrades"][0]["fixedVersions"]) == (1, bad, ["3.0.15-1"])
    status, findings = finish(command(service, "findings", "--cve", "CVE-2026-1000", "--json", "--fail-on", "open"))
    assert (status, [one["image"]["digest"] for one in findings["value"]]) == (1, [bad])
    status, todo = finish(command(service, "recommendations", "--json"))
    assert (status, [one["package"] for one in todo["value"]]) == (0, ["openssl"])
    bills = [finish(command(service, "billing", "--month", month, "--json")) for month in service.months()]
    assert {status for status, _ in bills} == {0}
    assert sorted(one["digest"] for _, bill in bills for one in bill["charges"]) == sorted([bad, good])


def test_a_rule_and_a_scan_from_the_terminal_reach_the_service(
    service: Service, watched: dict[str, str], tmp_path: Path
) -> None:
    rule = tmp_path / "rule.json"
    rule.write_text(json.dumps({"criteria": {"cves": ["CVE-2026-1000"]}, "reason": "not reachable"}))

    status, previewed = finish(command(service, "rules", "preview", "--file", str(rule), "--json"))
    assert (status, previewed["becomeHealthy"]) == (0, 1)
    assert service.image(watched["team/bad"]).health is Health.UNHEALTHY
    status, made = finish(command(service, "rules", "add", "--file", str(rule), "--json"))
    service.drain()
    assert (status, service.image(watched["team/bad"]).health) == (0, Health.HEALTHY)
    status, removed = finish(command(service, "rules", "remove", made["id"], "--json"))
    service.drain()
    assert (status, removed["state"], service.image(watched["team/bad"]).health) == (0, "removed", Health.UNHEALTHY)

    new = service.push("team/new", debian_image({"openssl": "3.0.15-1", "new": "1"}), "2.0")
    running = command(service, "scan", f"{service.host}/team/new:2.0", "--wait", "--json")
    while running.poll() is None:
        service.drain()
        time.sleep(0.1)
    status, ended = finish(running)
    assert (status, ended["digest"], ended["status"]) == (0, new, "completed")


@pytest.mark.usefixtures("watched")
def test_a_terminal_has_colours_within_its_width_and_a_pipe_has_neither(service: Service) -> None:
    status, screen = on_terminal(service, 70, "images")
    assert status == 0
    assert "\x1b[31munhealthy" in screen
    lines = _COLOURS.sub("", screen).splitlines()
    assert max(map(len, lines)) <= 70
    assert lines[0].split()[:3] == ["image", "digest", "platform"]

    running = command(service, "images")
    piped, told = running.communicate(timeout=SECONDS)
    assert (running.returncode, told) == (0, "")
    assert "\x1b" not in piped
    assert [line.split()[0] for line in piped.splitlines()] == [
        "image",
        f"{service.host}/team/bad:1.0",
        f"{service.host}/team/good:1.0",
    ]
    assert [line for line in piped.splitlines() if line != line.rstrip()] == []


@pytest.mark.usefixtures("watched")
def test_a_reader_that_goes_away_early_ends_the_command_without_a_word(service: Service) -> None:
    running = command(service, "images", "--json")
    assert running.stdout
    running.stdout.close()
    running.stdout = None
    _, told = running.communicate(timeout=SECONDS)
    assert (running.returncode, told) == (1, "")
