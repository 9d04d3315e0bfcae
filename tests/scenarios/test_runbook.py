"""The steps of docs/RUNBOOK.md, typed as they stand there, over real storage."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from shared.domain.image_health import Health
from tests.support.command_line import SECONDS, command
from tests.support.made_images import debian_image
from tests.support.service import Service

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "RUNBOOK.md").read_text()
FILE = "plimsoll.jsonl.gz"


def steps(heading: str) -> list[list[str]]:
    """Return the blocks of commands below a heading, each as its lines of ``python -m cli``."""
    part = re.split(r"^##+ ", PAGE.partition(f" {heading}\n")[2], flags=re.MULTILINE)[0]
    blocks = re.findall(r"```sh\n(.*?)```", part, re.DOTALL)
    return [re.findall(r"^python -m cli (.*)$", block, re.MULTILINE) for block in blocks]


def typed(service: Service, line: str, folder: Path) -> str:
    """Run a line with the settings of a service, files in a folder; it must end well. Return what it told."""
    arguments = [str(folder / word) if word == FILE else word for word in shlex.split(line)]
    running = command(service, *arguments)
    output, errors = running.communicate(timeout=SECONDS)
    assert running.returncode == 0, errors
    return output + errors


def test_a_backup_is_restored_into_an_empty_installation(
    service: Service, make_service: Callable[..., Service], tmp_path: Path
) -> None:
    digest = service.pushed("team/app", debian_image({"openssl": "3.0.11-1"}), "1.0")
    service.drain()
    backup, restore = steps("Back up and restore")
    assert [line.split()[0] for line in (*backup, *restore)] == ["verify", "export", "import", "rebuild", "verify"]
    for line in backup:
        typed(service, line, tmp_path)
    assert (tmp_path / f"{FILE}.documents").is_dir()

    restored = make_service()
    for line in restore:
        typed(restored, line, tmp_path)

    assert restored.image(digest).health is Health.UNHEALTHY
    assert restored.history(digest) == service.history(digest)
    assert restored.charges() == service.charges() == [digest]


@pytest.mark.parametrize("heading", ["plimsoll-dead-letters", "Upgrade and go back", "Runbook"])
def test_the_other_steps_end_well_where_nothing_is_wrong(service: Service, tmp_path: Path, heading: str) -> None:
    digest = service.pushed("team/app", debian_image({"openssl": "3.0.11-1"}), "1.0")
    service.drain()
    lines = [line for block in steps(heading) for line in block]
    assert lines
    for line in lines:
        typed(service, line, tmp_path)
    assert service.image(digest).health is Health.UNHEALTHY
