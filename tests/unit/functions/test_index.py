"""The function app as the host indexes it, and what its import costs. Each is looked at in a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from functions import scans

ROOT = Path(__file__).resolve().parents[3]
HOST = json.loads((ROOT / "host.json").read_text())

# The loader shows each function as the host gets it from the worker.
INDEX = """
import json
from azure_functions_runtime import loader
found = loader.index_function_app("function_app.py")
print(json.dumps({one.get_function_name(): json.loads(one.get_function_json())["bindings"] for one in found}))
"""
IMPORT = "import json, sys, function_app; print(json.dumps(sorted(sys.modules)))"
HEAVY = {
    "azure.identity",
    "azure.storage.blob",
    "azure.storage.queue",
    "azure.data.tables",
    "azure.core",
    "azure.monitor",
    "opentelemetry",
    "cvss",
    "re2",
    "shared.kql.compiler",
    "urllib3",
    "requests",
}

HTTP = {
    # name: route, methods, access
    "list_images": ("api/images", ["GET"], "FUNCTION"),
    "get_image": ("api/images/{registry}/{digest}", ["GET"], "FUNCTION"),
    "list_findings": ("api/images/{registry}/{digest}/findings", ["GET"], "FUNCTION"),
    "list_history": ("api/images/{registry}/{digest}/history", ["GET"], "FUNCTION"),
    "get_sbom": ("api/images/{registry}/{digest}/sbom", ["GET"], "FUNCTION"),
    "get_sarif": ("api/images/{registry}/{digest}/sarif", ["GET"], "FUNCTION"),
    "get_findings_table": ("api/images/{registry}/{digest}/findings.csv", ["GET"], "FUNCTION"),
    "get_images_table": ("api/images.csv", ["GET"], "FUNCTION"),
    "get_gate": ("api/images/{registry}/{digest}/gate", ["GET"], "FUNCTION"),
    "compare_images": ("api/images/{registry}/{digest}/compare/{older}", ["GET"], "FUNCTION"),
    "list_tags": ("api/tags", ["GET"], "FUNCTION"),
    "find_findings": ("api/findings", ["GET"], "FUNCTION"),
    "get_exposure": ("api/exposure", ["GET"], "FUNCTION"),
    "list_exposure": ("api/images/{registry}/{digest}/exposure", ["GET"], "FUNCTION"),
    "list_trends": ("api/trends", ["GET"], "FUNCTION"),
    "list_recommendations": ("api/recommendations", ["GET"], "FUNCTION"),
    "request_scan": ("api/scans", ["POST"], "FUNCTION"),
    "get_scan": ("api/scans/{registry}/{digest}/{scan_id}", ["GET"], "FUNCTION"),
    "list_rules": ("api/rules", ["GET"], "FUNCTION"),
    "make_rule": ("api/rules", ["POST"], "FUNCTION"),
    "get_rule": ("api/rules/{id}", ["GET"], "FUNCTION"),
    "change_rule": ("api/rules/{id}", ["PUT"], "FUNCTION"),
    "list_rule_history": ("api/rules/{id}/history", ["GET"], "FUNCTION"),
    "import_openvex": ("api/rules/openvex", ["POST"], "FUNCTION"),
    "preview_rule": ("api/rules/preview", ["POST"], "FUNCTION"),
    "what_if": ("api/what-if", ["POST"], "FUNCTION"),
    "remove_rule": ("api/rules/{id}", ["DELETE"], "FUNCTION"),
    "get_plan": ("api/plan", ["GET"], "FUNCTION"),
    "change_plan": ("api/plan", ["PUT"], "FUNCTION"),
    "list_registries": ("api/registries", ["GET"], "FUNCTION"),
    "get_billing": ("api/billing", ["GET"], "FUNCTION"),
    "get_score": ("api/score", ["GET"], "FUNCTION"),
    "arm_of_subscription": ("subscriptions/{*path}", ["GET"], "FUNCTION"),
    "arm_of_management_group": ("providers/Microsoft.Management/managementGroups/{*path}", ["GET"], "FUNCTION"),
    "arm_of_tenant": ("providers/Microsoft.Security/{*path}", ["GET"], "FUNCTION"),
    "get_openapi": ("api/openapi.json", ["GET"], "FUNCTION"),
    "query_resources": ("providers/Microsoft.ResourceGraph/resources", ["POST"], "FUNCTION"),
    "get_status": ("api/status", ["GET"], "FUNCTION"),
    "dashboard": ("{page:maxlength(0)?}", ["GET"], "ANONYMOUS"),
    "dashboard_file": ("dashboard/{name}", ["GET"], "ANONYMOUS"),
}
QUEUES = {
    "on_registry_message": "registry-events",
    "on_failed_registry_message": "registry-events-poison",
    "run_scan": "scans",
    "on_failed_scan": "scans-poison",
    "project": "projections",
    "on_failed_projection": "projections-poison",
    "sweep_registry": "reconciliations",
    "on_failed_sweep": "reconciliations-poison",
    "walk": "walks",
    "on_failed_walk": "walks-poison",
}
TIMERS = {
    "log_status": "0 */5 * * * *",
    "send_notices": "*/20 * * * * *",
    "sweep": "0 17 * * * *",
    "reopen_expired": "0 * * * * *",
    "discover_registries": "0 3 * * * *",
    "reconcile": "0 7 1 * * *",
    "on_pull_log": "*/30 * * * * *",
    "weekly_rescan": "0 0 3 * * 0",
    "delete_old_reports": "0 29 4 * * *",
    "refresh_advisories": "0 41 */4 * * *",
    "refresh_signals": "0 13 */6 * * *",
}


def run(script: str, **settings: str) -> Any:
    ended = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **settings},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def index() -> dict[str, list[dict[str, Any]]]:
    return dict(run(INDEX))


def trigger(bindings: list[dict[str, Any]]) -> dict[str, Any]:
    [found] = [binding for binding in bindings if binding["type"].lower().endswith("trigger")]
    return found


@pytest.mark.parametrize("name", HTTP)
def test_an_http_trigger_has_its_route_methods_and_access(index: dict[str, list[dict[str, Any]]], name: str) -> None:
    route, methods, access = HTTP[name]
    found = trigger(index[name])
    assert found["type"] == "httpTrigger"
    assert (found.get("route", ""), found["methods"], found["authLevel"]) == (route, methods, access)


@pytest.mark.parametrize("name", QUEUES)
def test_a_queue_trigger_listens_to_its_queue(index: dict[str, list[dict[str, Any]]], name: str) -> None:
    found = trigger(index[name])
    assert (found["type"], found["queueName"]) == ("queueTrigger", QUEUES[name])
    assert found["connection"] == "AzureWebJobsStorage"


@pytest.mark.parametrize("name", TIMERS)
def test_a_timer_has_its_schedule(index: dict[str, list[dict[str, Any]]], name: str) -> None:
    found = trigger(index[name])
    assert (found["type"], found["schedule"]) == ("timerTrigger", TIMERS[name])
    assert not found.get("runOnStartup")


def test_events_of_registries_come_by_event_grid(index: dict[str, list[dict[str, Any]]]) -> None:
    assert trigger(index["on_registry_event"])["type"] == "eventGridTrigger"


def test_only_the_files_of_the_dashboard_need_no_key(index: dict[str, list[dict[str, Any]]]) -> None:
    open_to_all = {
        name
        for name, bindings in index.items()
        if trigger(bindings)["type"] == "httpTrigger" and trigger(bindings)["authLevel"] == "ANONYMOUS"
    }
    assert open_to_all == {"dashboard", "dashboard_file"}


def test_where_users_sign_in_no_key_is_asked_for() -> None:
    """Their roles decide (``tests/unit/functions/test_access.py``); Azure's own clients send a token and no key."""
    found = run(INDEX, WEBSITE_AUTH_ENABLED="True")
    assert {trigger(found[name])["authLevel"] for name in HTTP} == {"ANONYMOUS"}


def test_a_schedule_can_be_chosen() -> None:
    found = run(INDEX, RESCAN_SCHEDULE="0 0 4 * * 1", PULL_LOG_SCHEDULE="0 */5 * * * *")
    assert trigger(found["weekly_rescan"])["schedule"] == "0 0 4 * * 1"
    assert trigger(found["on_pull_log"])["schedule"] == "0 */5 * * * *"


def test_importing_the_app_loads_nothing_heavy_and_needs_no_setting() -> None:
    loaded = set(run(IMPORT))
    assert loaded & HEAVY == set()


def test_a_scan_knows_its_last_attempt() -> None:
    assert HOST["extensions"]["queues"]["maxDequeueCount"] == scans._ATTEMPTS


def test_routes_have_no_prefix() -> None:
    assert HOST["extensions"]["http"]["routePrefix"] == ""


def test_messages_come_as_they_were_sent() -> None:
    """What the host cannot decode would go to the poison queue unseen (``functions/queue_messages.py``)."""
    assert HOST["extensions"]["queues"]["messageEncoding"] == "none"
