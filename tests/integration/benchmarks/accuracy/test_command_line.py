"""``python -m benchmarks.accuracy`` on an image of a real registry, beside what another scanner wrote."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.folders import PROJECT
from local.images.push import push
from tests.support.docker_registry import DockerRegistry, start_registry
from tests.support.made_images import debian_advisory, debian_image, write_feed

OPENSSL = ("CVE-2026-1000", "openssl", "3.0.11-1", "3.0.15-1")


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[DockerRegistry]:
    with start_registry(tmp_path / "registry") as running:
        push(running.url, "team/app", debian_image({"openssl": "3.0.11-1", "zlib": "1:1.2.13-2"}), "1.0")
        yield running


@pytest.fixture
def osv(tmp_path: Path) -> Path:
    write_feed(tmp_path / "osv", "Debian", [debian_advisory("CVE-2026-1000", "openssl", "3.0.15-1")])
    return tmp_path / "osv"


def trivy(folder: Path, *found: tuple[str, str, str, str]) -> Path:
    """Write what Trivy writes about some findings: flaw, package, version and fixed version."""
    vulnerabilities = [
        {"VulnerabilityID": flaw, "PkgName": name, "InstalledVersion": version, "FixedVersion": fixed}
        for flaw, name, version, fixed in found
    ]
    packages = [{"Name": "openssl", "Version": "3.0.11-1"}, {"Name": "zlib", "Version": "1:1.2.13-2"}]
    result: dict[str, Any] = {"Type": "debian", "Packages": packages, "Vulnerabilities": vulnerabilities}
    path = folder / "trivy.json"
    path.write_text(json.dumps({"SchemaVersion": 2, "ArtifactName": "team/app:1.0", "Results": [result]}))
    return path


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "benchmarks.accuracy", *map(str, arguments)]
    return subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)


def test_scanners_that_agree_end_with_success(registry: DockerRegistry, osv: Path, tmp_path: Path) -> None:
    done = run("--osv", osv, "--image", f"{registry.host}/team/app:1.0", trivy(tmp_path, OPENSSL))

    assert (done.returncode, done.stderr) == (0, "")
    assert "Packages: 2 both list; only ours 0; only theirs 0." in done.stdout


def test_an_unexplained_finding_is_shown_and_ends_with_failure(osv: Path, tmp_path: Path) -> None:
    ours = tmp_path / "findings.json"
    ours.write_text('{"value": [], "nextLink": null}')
    result = tmp_path / "result.json"

    done = run("--osv", osv, "--findings", ours, "--json", result, trivy(tmp_path, OPENSSL))

    assert done.returncode == 1
    assert "only theirs: openssl 3.0.11-1 (deb), CVE-2026-1000: UNEXPLAINED" in done.stdout
    (written,) = json.loads(result.read_bytes())
    assert (written["theirs"], written["common"], written["unexplained"]) == (1, 0, 1)


def test_a_finding_that_they_miss_is_explained_by_the_record(
    registry: DockerRegistry, osv: Path, tmp_path: Path
) -> None:
    done = run("--osv", osv, "--image", f"{registry.host}/team/app:1.0", "--every", trivy(tmp_path))

    assert done.returncode == 0
    assert "DEBIAN-CVE-2026-1000 holds 3.0.11-1: introduced 0 fixed 3.0.15-1" in done.stdout


def test_names_from_an_image_cannot_speak_to_the_terminal(osv: Path, tmp_path: Path) -> None:
    ours = tmp_path / "findings.json"
    ours.write_text('{"value": [], "nextLink": null}')
    hostile = ("CVE-2026-1000", "openssl", "3.0.11-1\x1b[2J[bold]", "3.0.15-1")

    done = run("--osv", osv, "--findings", ours, trivy(tmp_path, hostile))

    assert "\x1b" not in done.stdout
    assert "3.0.11-1?[2J[bold]" in done.stdout


def test_advisories_that_are_no_archive_are_named(osv: Path, tmp_path: Path) -> None:
    (osv / "Debian" / "all.zip").write_bytes(b"no archive")
    ours = tmp_path / "findings.json"
    ours.write_text('{"value": [], "nextLink": null}')

    done = run("--osv", osv, "--findings", ours, trivy(tmp_path, OPENSSL))

    assert done.returncode == 2
    assert "all.zip holds no OSV records" in done.stderr


def test_a_scan_of_another_image_explains_nothing(registry: DockerRegistry, osv: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.json"
    other.write_text('{"SchemaVersion": 2, "ArtifactName": "team/other:1.0", "Results": []}')

    done = run("--osv", osv, "--image", f"{registry.host}/team/app:1.0", other)

    assert done.returncode == 2
    assert "Trivy names no package that we name: was it given the same image?" in done.stderr


def test_what_cannot_be_read_or_scanned_is_one_line(osv: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text("{")
    unread = run("--osv", osv, "--findings", broken, broken)
    unscanned = run("--osv", osv, "--image", "127.0.0.1:1/team/app:1.0", trivy(tmp_path))

    assert (unread.returncode, unscanned.returncode) == (2, 2)
    assert f"accuracy: {broken} holds no JSON object" in unread.stderr
    assert "accuracy: 127.0.0.1:1/team/app:1.0 cannot be scanned" in unscanned.stderr
    assert len(unread.stderr.splitlines()) == len(unscanned.stderr.splitlines()) == 1
