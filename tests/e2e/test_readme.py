"""What the README and the pages beside it say is true: their commands run, their settings exist."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import urllib3

from local.images.image import build_image
from local.images.push import push
from shared import limit_settings
from tests.support.local_start import LocalStart, is_running
from tests.support.made_images import debian_layer

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()
# The pages for users: their commands run on what the README starts. The others are for those who run or change it.
PAGES = ("API", "RECOMMENDATIONS", "SIGNALS", "RULES", "TERMINAL", "AZURE", "KQL")
TEXTS = "\n".join([README, *((ROOT / "docs" / f"{name}.md").read_text() for name in PAGES)])
SHELL = re.findall(r"```sh\n(.*?)```", TEXTS, re.DOTALL)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStart]:
    """``make run``, as a new user types it, on ports and in a folder of its own."""
    make_run = ["sh", "-c", 'exec make run ARGS="$*"', "make-run"]
    folder = tmp_path_factory.mktemp("readme")
    with LocalStart(folder, make_run, {"OSV_BASE": str(folder)}) as start:
        yield start.run()
        programs = start.descendants()
        start.signal(signal.SIGTERM)
        start.await_that(lambda: not any(is_running(pid) for pid in programs))


def test_make_run_ends_with_the_table_of_the_readme(running: LocalStart) -> None:
    printed = running.await_output("Images: 6")

    sample_lines = [line.split() for line in README.splitlines() if line.startswith("samples/")]
    assert len(sample_lines) == 6
    for words in sample_lines:
        assert any(line.split() == words for line in printed.splitlines()), words


def test_every_curl_command_gets_an_answer(running: LocalStart) -> None:
    running.await_output("Images: 6")
    commands = [
        command for block in SHELL for command in re.findall(r"^curl .*?(?=^\w|\Z)", block, re.DOTALL | re.MULTILINE)
    ]

    assert len(commands) >= 15
    (running.folder / "digest").write_text(digest_of(running, "1.1"))
    for command in commands:
        answer = subprocess.run(
            ["sh", "-c", on_its_ports(command, running)],
            capture_output=True,
            text=True,
            check=True,
            timeout=240,
            cwd=running.folder,
        )
        assert "error" not in json.loads(answer.stdout), (command, answer.stdout)


def test_the_line_for_pipelines_fails_for_an_image_that_is_too_bad(running: LocalStart) -> None:
    running.await_output("Images: 6")
    (running.folder / "digest").write_text(digest_of(running, "1.0"))
    # The rule of the README, if it was made by now, has disabled its one critical finding.
    line = gate_line().replace("max=high", "max=medium")

    done = subprocess.run(
        ["sh", "-c", on_its_ports(line, running)],
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
        cwd=running.folder,
    )

    assert done.returncode == 22, done.stdout  # curl(1): an HTTP status of 400 or above, with --fail
    assert json.loads(done.stdout)["error"]["code"] == "GateFailed"


def test_the_line_for_pipelines_waits_for_the_scan_of_what_was_just_pushed(running: LocalStart) -> None:
    running.await_output("Images: 6")
    release = b"ID=plimsoll-sample\nVERSION_ID=1\n"
    image = build_image([debian_layer({"oakum": "7-1"}, extra={"etc/os-release": release})])
    (running.folder / "digest").write_text(image.digest)
    early = subprocess.run(
        ["sh", "-c", on_its_ports(gate_line().replace("--retry 180", "--retry 0"), running)],
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
        cwd=running.folder,
    )
    waiting = subprocess.Popen(
        ["sh", "-c", on_its_ports(gate_line(), running)], stdout=subprocess.PIPE, cwd=running.folder, text=True
    )
    push(f"http://127.0.0.1:{running.registry_port}", "team/new", image, "1")
    printed, _ = waiting.communicate(timeout=240)

    assert (early.returncode, json.loads(early.stdout)["verdict"]) == (22, "pending")
    assert waiting.returncode == 0, printed
    assert '"verdict":"passed"' in printed


def gate_line() -> str:
    """Return the one command that waits for a verdict."""
    (line,) = re.findall(r"^curl [^\n]*\\\n[^\n]*/gate[^\n]*$", TEXTS, re.MULTILINE)
    return str(line)


def on_its_ports(command: str, running: LocalStart) -> str:
    """Turn the ports of the README into those of a start."""
    ported = command.replace("127.0.0.1:7071", f"127.0.0.1:{running.port}")
    return ported.replace("127.0.0.1:5055", f"127.0.0.1:{running.registry_port}")


def digest_of(running: LocalStart, tag: str) -> str:
    """Return the digest of a sample of the shop."""
    answer = urllib3.request(
        "GET", f"http://127.0.0.1:{running.port}/api/images?repository=samples/shop", timeout=240.0
    )
    (found,) = (image["digest"] for image in answer.json()["value"] if tag in image["tags"])
    return str(found)


def in_a_terminal(running: LocalStart, command: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the README on the installation of a start."""
    environment = {name: text for name, text in os.environ.items() if not name.startswith("AzureWebJobsStorage")}
    environment["PYTHONPATH"] = str(ROOT)
    typed = f"{sys.executable} {on_its_ports(command, running)} --data {running.folder / 'data'}"
    return subprocess.run(
        ["sh", "-c", typed],
        capture_output=True,
        text=True,
        check=False,
        cwd=running.folder,
        env=environment,
        timeout=240,
    )


def test_every_command_of_the_terminal_works_as_it_stands(running: LocalStart) -> None:
    running.await_output("Images: 6")
    (running.folder / "digest").write_text(digest_of(running, "1.1"))
    commands = dict.fromkeys(re.findall(r"^\.venv/bin/python (-m cli .*?) +#", "\n".join(SHELL), re.MULTILINE))

    assert len(commands) >= 16
    for command in commands:
        done = in_a_terminal(running, command)
        assert done.returncode == 0, (command, done.stdout, done.stderr)


def test_the_table_of_the_page_on_the_terminal_is_what_a_terminal_shows(running: LocalStart) -> None:
    running.await_output("Images: 6")
    (shown,) = re.findall(r"^\$ \.venv/bin/python (-m cli .*)\n((?:.+\n)+)```", TEXTS, re.MULTILINE)
    command, table = shown

    printed = in_a_terminal(running, command).stdout
    assert [line.split() for line in on_its_ports(table, running).splitlines()] == [
        line.split() for line in printed.splitlines()
    ]


def test_every_make_target_of_the_readme_exists() -> None:
    targets = set(re.findall(r"^make (\w+)", "\n".join(SHELL), re.MULTILINE))

    assert {"run", "test", "lint", "bench"} <= targets
    for target in targets:
        subprocess.run(["make", "--dry-run", target], cwd=ROOT, capture_output=True, check=True)


def test_the_table_of_settings_is_complete() -> None:
    described = set(re.findall(r"^\| `([A-Z_]+)` \|", README, re.MULTILINE))
    sources = [*(ROOT / "functions").glob("*.py"), ROOT / "shared" / "settings.py"]
    text = "\n".join(path.read_text() for path in sources)
    read = set(re.findall(r'(?:read|schedule|env\.get)\(\s*"([A-Z_]+)"', text)) - {
        "IDENTITY_ENDPOINT",
        "WEBSITE_AUTH_ENABLED",
    }

    assert described == read | set(limit_settings.NAMES)
