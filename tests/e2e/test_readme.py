"""What the README says is true: its commands run, its settings and requests exist."""

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

from shared import limit_settings
from tests.support.local_start import LocalStart, is_running

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()
SHELL = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)


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

    assert len(commands) >= 5
    for command in commands:
        script = command.replace("127.0.0.1:7071", f"127.0.0.1:{running.port}")
        answer = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True, timeout=60)
        assert "error" not in json.loads(answer.stdout), (command, answer.stdout)


def test_every_command_that_looks_after_the_installation_works_as_it_stands(running: LocalStart) -> None:
    running.await_output("Images: 6")
    commands = re.findall(r"^\.venv/bin/python (-m cli .*?) +#", "\n".join(SHELL), re.MULTILINE)
    environment = {name: text for name, text in os.environ.items() if not name.startswith("AzureWebJobsStorage")}
    environment["PYTHONPATH"] = str(ROOT)

    assert len(commands) >= 7
    for command in commands:
        typed = [sys.executable, *command.split(), "--data", str(running.folder / "data")]
        done = subprocess.run(typed, capture_output=True, text=True, cwd=running.folder, env=environment, timeout=120)
        assert done.returncode == 0, (command, done.stdout, done.stderr)


def test_every_make_target_of_the_readme_exists() -> None:
    targets = set(re.findall(r"^make (\w+)", "\n".join(SHELL), re.MULTILINE))

    assert {"run", "test", "lint", "bench"} <= targets
    for target in targets:
        subprocess.run(["make", "--dry-run", target], cwd=ROOT, capture_output=True, check=True)


def test_the_table_of_settings_is_complete() -> None:
    described = set(re.findall(r"^\| `([A-Z_]+)` \|", README, re.MULTILINE))
    sources = [*(ROOT / "functions").glob("*.py"), ROOT / "shared" / "settings.py"]
    text = "\n".join(path.read_text() for path in sources)
    read = set(re.findall(r'(?:read|schedule|env\.get)\(\s*"([A-Z_]+)"', text)) - {"IDENTITY_ENDPOINT"}

    assert described == read | set(limit_settings.NAMES)
