"""While the plan is off, whatever tells of health says that it is not kept up to date: every route, in every format."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import azure.functions as func
import pytest

from functions import images
from shared.domain.severity import Severity
from tests.support.examples import REGISTRY, digest, finding, package, push, report
from tests.support.formats.cyclonedx import assert_cyclonedx
from tests.support.formats.sarif import assert_sarif
from tests.support.formats.spdx import assert_spdx
from tests.support.memory_app import MemoryAdvisories, MemoryApp
from tests.support.removed_registries import remove_registry
from tests.support.routes import routes
from tests.support.triggers import ask, ask_raw

SUBSCRIPTION = "00000000-0000-0000-0000-000000000000"
ONE = {"registry": REGISTRY, "digest": digest(1)}
OFF = "the plan is off since 2026-11-02T10:02:00Z"
ROUTES = routes()
OTHER = "fabrikam.azurecr.io"
RULE = {"criteria": {"cves": ["CVE-2"]}, "reason": "accepted"}
QUERY = {"query": "securityresources | project type, properties"}


@dataclass(frozen=True)
class Request:
    """A request of a route that tells of health; ``body_says`` is false where only a header can say more."""

    name: str
    path: str = "/"
    route: dict[str, str] = field(default_factory=dict)
    method: str = "GET"
    body: Any = None
    body_says: bool = True
    past: str = "asOf"  # the parameter that asks for the past, empty where there is none


def arm(path: str, *, body_says: bool = True, version: str = "2020-01-01") -> Request:
    name, _, rest = path.partition("/")
    functions = {"subscriptions": "arm_of_subscription", "managementGroups": "arm_of_management_group"}
    rest = rest if name in functions else path
    query = f"/?api-version={version}"
    return Request(functions.get(name, "arm_of_tenant"), query, {"path": rest}, body_says=body_says)


SECURITY = f"subscriptions/{SUBSCRIPTION}/providers/Microsoft.Security"
REQUESTS = [
    Request("list_images"),
    Request("get_image", route=ONE),
    Request("list_findings", route=ONE),
    Request("list_history", route=ONE),
    Request("find_findings"),
    Request("list_tags", f"/?registry={REGISTRY}&repository=app"),
    Request("compare_images", route={**ONE, "older": digest(2)}),
    Request("list_recommendations"),
    Request("list_trends", past="to"),
    Request("get_exposure", past="to"),
    Request("list_exposure", route=ONE),
    Request("get_score"),
    Request("get_gate", route=ONE, past=""),
    Request("what_if", method="POST", body={"unhealthyFrom": "critical"}, past=""),
    Request("preview_rule", method="POST", body=RULE, past=""),
    Request("get_images_table"),
    Request("get_findings_table", route=ONE, body_says=False),
    Request("get_sarif", route=ONE),
    Request("get_sbom", route=ONE),
    Request("get_sbom", "/?format=spdx", ONE),
    arm(f"{SECURITY}/assessments"),
    arm(f"{SECURITY}/subAssessments", version="2019-01-01-preview"),
    arm(f"{SECURITY}/secureScores"),
    arm(f"{SECURITY}/secureScores/ascScore"),
    arm(f"{SECURITY}/secureScores/ascScore/secureScoreControls"),
    arm("managementGroups/all/providers/Microsoft.Security/assessments"),
    arm("assessmentMetadata", body_says=False),
    Request("query_resources", "/?api-version=2022-10-01", method="POST", body=QUERY, past=""),
]
# What tells nothing of how an image is: rules, charges, requests, and what the service itself is like.
OTHERS = {
    *(
        "dashboard",
        "dashboard_file",
        "get_openapi",
        "get_status",
        "get_plan",
        "change_plan",
        "list_registries",
        "get_billing",
    ),
    *("list_rules", "make_rule", "get_rule", "change_rule", "remove_rule", "list_rule_history", "import_openvex"),
    *("request_scan", "get_scan"),
}


@pytest.fixture(autouse=True)
def server(app: MemoryApp) -> Iterator[None]:
    yield
    app.query_resource_graph.sandbox.server.close()


@pytest.fixture
def scanned(app: MemoryApp) -> MemoryApp:
    """Two images: one with findings, a healthy one."""
    hits = [finding("CVE-1"), finding("CVE-2", Severity.LOW, package("zlib"))]
    app.world.advisories = MemoryAdvisories(report=report(hits))
    app.record_push(push("e1"))
    app.work()
    app.world.advisories = MemoryAdvisories()
    app.record_push(push("e2", 2, tag="v2"))
    app.work()
    app.world.clock.forward(minutes=1)
    return app


def send(request: Request, at: str = "") -> func.HttpResponse:
    trigger = ROUTES[request.name].handler
    path = f"{request.path}{'&' if '?' in request.path else '?'}{request.past}={at}" if at else request.path
    return ask_raw(trigger, path, method=request.method, route=request.route, body=request.body)


def turn(app: MemoryApp, *, on: bool) -> None:
    app.change_plan(on=on, reason="because", actor="ann", request_id=f"r{on}")


def test_every_route_tells_of_health_and_is_looked_at_here_or_is_named_as_one_that_does_not() -> None:
    assert {request.name for request in REQUESTS} | OTHERS == set(ROUTES)
    assert not {request.name for request in REQUESTS} & OTHERS


@pytest.mark.parametrize("request_", REQUESTS, ids=lambda one: f"{one.name} {one.path} {one.route.get('path', '')}")
def test_while_the_plan_is_off_every_answer_about_health_says_so(scanned: MemoryApp, request_: Request) -> None:
    on, before = send(request_), scanned.world.clock()
    assert on.status_code in (200, 409)
    assert ("X-Plimsoll-Caveat" in on.headers, b"the plan is off" in on.get_body()) == (False, False)
    scanned.world.clock.forward(minutes=1)
    turn(scanned, on=False)
    off = send(request_)
    assert off.headers["X-Plimsoll-Caveat"] == OFF
    assert (OFF.encode() in off.get_body()) == request_.body_says
    if request_.past:
        scanned.world.clock.forward(minutes=1)
        then = send(request_, f"{before:%Y-%m-%dT%H:%M:%SZ}")
        assert ("X-Plimsoll-Caveat" in then.headers, b"the plan is off" in then.get_body()) == (False, False)
    turn(scanned, on=True)
    again = send(request_)
    assert ("X-Plimsoll-Caveat" in again.headers, b"the plan is off" in again.get_body()) == (False, False)


def document(name: str, path: str = "/") -> Any:
    return json.loads(send(Request(name, path, ONE)).get_body())


def test_documents_of_other_tools_keep_their_schemas_and_say_it_where_their_readers_look(scanned: MemoryApp) -> None:
    scanned.world.clock.forward(minutes=1)
    before = document("get_sarif"), document("get_sbom"), document("get_sbom", "/?format=spdx")
    turn(scanned, on=False)
    log, bom, spdx = document("get_sarif"), document("get_sbom"), document("get_sbom", "/?format=spdx")
    assert_sarif(log)
    assert_cyclonedx(bom)
    assert_spdx(spdx)
    [invocation] = log["runs"][0]["invocations"]
    assert invocation["executionSuccessful"]
    assert invocation["toolExecutionNotifications"] == [{"level": "warning", "message": {"text": OFF}}]
    assert {"name": "plimsoll:caveat", "value": OFF} in bom["metadata"]["properties"]
    assert spdx["creationInfo"]["comment"] == OFF
    assert log["runs"][0]["results"] == before[0]["runs"][0]["results"]
    assert bom["vulnerabilities"] == before[1]["vulnerabilities"]
    assert spdx["packages"] == before[2]["packages"]


def test_spreadsheets_say_it_in_the_reason_of_each_image(scanned: MemoryApp) -> None:
    scanned.world.clock.forward(minutes=1)
    turn(scanned, on=False)
    table = csv.DictReader(io.StringIO(send(Request("get_images_table")).get_body().decode()))
    reasons = {row["health"]: row["reason"] for row in table}
    assert reasons == {"healthy": OFF, "unhealthy": f"2 open findings of severity low or above; {OFF}"}


def test_clients_of_azure_find_it_in_the_descriptions_and_no_code_changes(scanned: MemoryApp) -> None:
    def listed(path: str, version: str = "2020-01-01") -> list[dict[str, Any]]:
        body = json.loads(send(arm(f"{SECURITY}/{path}", version=version)).get_body())
        return [one["properties"] for one in body["value"]]

    sub = "subAssessments", "2019-01-01-preview"
    before = listed("assessments"), listed(*sub)
    scanned.world.clock.forward(minutes=1)
    turn(scanned, on=False)
    assessments, findings = listed("assessments"), listed(*sub)
    for one, was in zip((*assessments, *findings), (*before[0], *before[1]), strict=True):
        told = f"{was['status']['description']}; {OFF}"
        assert one["status"] == {**was["status"], "description": told}
    assert {one["additionalData"]["caveat"] for one in assessments} == {OFF}
    assert [one["additionalData"] for one in findings] == [was["additionalData"] for was in before[1]]
    for [one] in (listed("secureScores"), listed("secureScores/ascScore/secureScoreControls")):
        assert one["caveat"] == OFF


def test_rows_that_were_made_before_are_made_anew(scanned: MemoryApp) -> None:
    def found(kind: str) -> list[dict[str, Any]]:
        query = f"securityresources | where type == 'microsoft.security/{kind}' | project properties"
        asked = Request("query_resources", "/?api-version=2022-10-01", method="POST", body={"query": query})
        return [row["properties"] for row in json.loads(send(asked).get_body())["data"]]

    assert [one["pricingTier"] for one in found("pricings")] == ["Standard"]
    before = found("assessments/subassessments")
    scanned.world.clock.forward(minutes=1)
    turn(scanned, on=False)
    assert [(one["pricingTier"], one["extensions"][0]["isEnabled"]) for one in found("pricings")] == [("Free", "False")]
    for one in found("assessments/subassessments"):
        assert one["status"]["description"].endswith(OFF)
    turn(scanned, on=True)
    assert found("assessments/subassessments") == before


def test_images_of_a_registry_that_was_removed_say_so_and_nothing_is_recommended_for_them(scanned: MemoryApp) -> None:
    app, gone = scanned, "its registry was removed, as is known since 2026-11-02T10:01:00Z"
    app.world.advisories = MemoryAdvisories(report=report([finding("CVE-1")]))
    app.record_push(push("e3", 3, minute=1, registry=OTHER))
    app.work()
    assert [one["imageCount"] for one in ask(images.list_recommendations)[1]["value"]] == [2, 1]
    before, at = ask(images.list_recommendations)[1], app.world.clock()
    app.world.clock.forward(seconds=60 - at.second)
    remove_registry(app, OTHER)
    gone = gone.replace("10:01:00", f"{app.world.clock():%H:%M:%S}")
    listed = {(one["registry"], one["digest"]): one["reason"] for one in ask(images.list_images)[1]["value"]}
    route = {"registry": OTHER, "digest": digest(3)}
    assert [name for name, reason in listed.items() if gone in reason] == [(OTHER, digest(3))]
    assert ask(images.get_image, route=route)[1]["reason"].endswith(gone)
    assert ask(images.list_findings, route=route)[1]["image"]["reason"].endswith(gone)
    made = ask(images.list_recommendations)[1]
    assert {image["registry"] for one in made["value"] for image in one["images"]} == {REGISTRY}
    left_out = {"images": 1, "registries": [OTHER], "reason": "their registries were removed"}
    assert made["leftOut"] == left_out
    alone = ask(images.list_recommendations, f"/?registry={OTHER}")[1]
    assert (alone["value"], alone["leftOut"]) == ([], left_out)
    assert "leftOut" not in ask(images.list_recommendations, f"/?registry={REGISTRY}")[1]
    assert ask(images.list_recommendations, f"/?asOf={app.world.clock():%Y-%m-%dT%H:%M:%SZ}")[1] == made
    assert ask(images.list_recommendations, f"/?asOf={at:%Y-%m-%dT%H:%M:%SZ}")[1] == before
