"""The pages on operations name what exists: commands, options, settings, alerts, routes, fields of the log."""

from __future__ import annotations

import importlib
import re
import shlex
from pathlib import Path

import pytest

from cli.commands import COMMANDS
from cli.options import parse
from shared.api.openapi.operations import OPERATIONS
from shared.trace import FIELDS
from tests.support.bicep import template
from tests.unit.functions.test_index import QUEUES, TIMERS

ROOT = Path(__file__).resolve().parents[3]
PAGES = {name: (ROOT / "docs" / name).read_text() for name in ("RUNBOOK.md", "SCALE.md")}
BOTH = "\n".join(PAGES.values())
RUN = sorted(set(re.findall(r"python -m cli ([^`\n#]*)", BOTH)))
SETTINGS = set(re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "README.md").read_text(), re.MULTILINE))
# What is no setting of ours: read by the worker, or by azd.
OF_OTHERS = {"PYTHON_APPLICATIONINSIGHTS_ENABLE_TELEMETRY", "PLIMSOLL_PLAN_SKU"}


@pytest.mark.parametrize("arguments", RUN)
def test_every_command_is_understood(arguments: str) -> None:
    assert parse(shlex.split(arguments), COMMANDS, ROOT).command


def test_commands_were_found() -> None:
    used = {one.split()[0] for one in RUN}
    assert {"status", "requeue", "verify", "rebuild", "rollback", "export", "import"} <= used


def test_every_setting_exists() -> None:
    named = set(re.findall(r"\b([A-Z]{2,}(?:_[A-Z]+)+)\b", BOTH))
    assert named <= SETTINGS | OF_OTHERS
    assert {"SWEEP_SCHEDULE", "LOG_FORMAT", "MAX_FEED_AGE_DAYS"} <= named


def test_every_alert_has_its_part_and_no_other() -> None:
    alerts = {f"plimsoll-{one['name']}" for one in template("app/alerts.bicep").variable("alerts")}
    assert set(re.findall(r"^### (plimsoll-\S+)$", PAGES["RUNBOOK.md"], re.MULTILINE)) == alerts
    for part in re.split(r"^### ", PAGES["RUNBOOK.md"].partition("## Follow")[0], flags=re.MULTILINE)[1:]:
        for word in ("*Means*", "Check", "mend"):
            assert word.lower() in part.lower(), part[:40]


def test_functions_and_routes_exist() -> None:
    named = set(re.findall(r"`(on_\w+|log_status|project)`", PAGES["RUNBOOK.md"]))
    assert named <= set(QUEUES) | set(TIMERS)
    routes = set(re.findall(r"(?:`GET |ENDPOINT)(/api/[^`\"\s]*)", PAGES["RUNBOOK.md"]))
    assert routes
    assert routes <= {operation.path for operation in OPERATIONS}


def test_fields_of_a_line_are_those_that_are_written() -> None:
    asked = set(re.findall(r"\bline\.(\w+)", PAGES["RUNBOOK.md"]))
    assert asked == {*FIELDS, "level", "message", "exception"}


@pytest.mark.parametrize("page", PAGES)
def test_every_file_and_link_leads_somewhere(page: str) -> None:
    links = list(re.findall(r"\]\(((?!https?:)[^)]+)", PAGES[page]))
    paths = re.findall(r"`((?:tests|docs|infra|benchmarks)/[\w/.-]*)`", PAGES[page])
    assert all((ROOT / path).exists() for path in paths), paths
    for link in links:
        path, _, anchor = link.partition("#")
        target = ROOT / "docs" / (path or page)
        headings = re.findall(r"^#+ (.*)$", target.read_text(), re.MULTILINE)
        anchors = {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}
        assert not anchor or anchor in anchors, link


def test_the_program_of_the_page_exists() -> None:
    [name] = set(re.findall(r"python -m (benchmarks\.\w+)", PAGES["SCALE.md"]))
    assert importlib.import_module(f"{name}.__main__")


def test_nothing_of_opentelemetry_is_deployed_unasked() -> None:
    extra = (ROOT / "infra/requirements-opentelemetry.txt").read_text()
    assert re.search(r"^azure-monitor-opentelemetry==[\d.]+$", extra, re.MULTILINE)
    assert "opentelemetry" not in (ROOT / "requirements.txt").read_text()
    assert "telemetryMode" not in (ROOT / "host.json").read_text()
