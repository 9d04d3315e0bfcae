"""The description of the API over HTTP: it names every route there is, and what they answer is what it says."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import azure.functions as func
import pytest
from jsonschema import Draft202012Validator

from functions import (
    billing,
    exposure,
    findings,
    gate,
    images,
    openapi,
    plan,
    rules,
    scans,
    score,
    status,
    tags,
    trends,
    what_if,
)
from shared.api.openapi.document import openapi_document
from shared.api.openvex import sample
from shared.domain.findings import Rating
from shared.domain.severity import Severity
from shared.domain.stored_names import REPORTS_CONTAINER
from tests.support.examples import REGISTRY, digest, finding, package, push, report
from tests.support.memory_app import MemoryAdvisories, MemoryApp, image_manifest
from tests.support.routes import routes
from tests.support.triggers import ask

ONE = {"registry": REGISTRY, "digest": digest(1)}
NEW = {"criteria": {"cves": ["CVE-2"]}, "reason": "accepted"}
HOW = """
The routes of the function app and the OpenAPI document differ. Describe a new route with an Operation in the module of
its family in shared/api/openapi/operations/, or take out the description of one that is gone.
"""


def test_every_route_is_described_and_every_description_is_of_a_route() -> None:
    described = {
        (operation["operationId"], method, path)
        for path, methods in openapi_document()["paths"].items()
        for method, operation in methods.items()
    }
    served = {
        (name, method.lower(), f"/{one.route}")
        for name, one in routes().items()
        for method in one.methods
        if one.route.startswith("api/")
    }
    assert described == served, HOW


def test_the_document_is_served(app: MemoryApp) -> None:
    code, body = ask(openapi.get_openapi)
    assert (code, body["openapi"]) == (200, "3.1.1")
    assert body == json.loads(json.dumps(openapi_document()))


def strict() -> dict[str, Any]:
    """Return the document with schemas that allow no field which they do not name."""
    document = copy.deepcopy(openapi_document())
    for schema in document["components"]["schemas"].values():
        if "properties" in schema:
            schema["additionalProperties"] = False
    return document


def filled(app: MemoryApp) -> str:
    """Scan an image with findings of every kind, disable one, and return the id of that rule."""
    rated = (Rating("nvd", Severity.CRITICAL, 9.8, "CVSS:3.1/AV:N"),)
    hits = [
        finding("CVE-1", ratings=rated, cvss=9.8),
        finding("CVE-2", Severity.LOW, package("zlib"), undetermined="why"),
    ]
    app.world.advisories = MemoryAdvisories(report=report(hits))
    app.world.registry.manifests["v1"] = image_manifest(1)
    app.record_push(push("e1"))
    app.work()
    app.dead_letters.add("scans", "m1", "no message", "{}", app.world.clock())
    made = ask(rules.make_rule, method="POST", body={"criteria": {"cves": ["CVE-1"]}, "reason": "accepted"})[1]
    app.work()
    return str(made["id"])


type Call = Callable[[str], tuple[Callable[..., func.HttpResponse], dict[str, Any]]]

CALLS: dict[str, tuple[int, Call]] = {
    "list_images": (200, lambda rule: (images.list_images, {})),
    "get_image": (200, lambda rule: (images.get_image, {"route": ONE})),
    "list_findings": (200, lambda rule: (images.list_findings, {"route": ONE, "path": "/?top=1"})),
    "find_findings": (200, lambda rule: (findings.find_findings, {"path": "/?top=1"})),
    "list_trends": (200, lambda rule: (trends.list_trends, {"path": "/?points=2"})),
    "get_exposure": (200, lambda rule: (exposure.get_exposure, {})),
    "list_exposure": (200, lambda rule: (exposure.list_exposure, {"route": ONE, "path": "/?top=1"})),
    "list_history": (200, lambda rule: (images.list_history, {"route": ONE})),
    "list_recommendations": (200, lambda rule: (images.list_recommendations, {})),
    "compare_images": (200, lambda rule: (tags.compare_images, {"route": {**ONE, "older": digest(1)}})),
    "list_tags": (200, lambda rule: (tags.list_tags, {"path": f"/?registry={REGISTRY}&repository=app"})),
    "get_gate": (409, lambda rule: (gate.get_gate, {"route": ONE})),
    "request_scan": (
        202,
        lambda rule: (
            scans.request_scan,
            {"method": "POST", "body": {"registry": REGISTRY, "repository": "app", "reference": "v1"}},
        ),
    ),
    "get_scan": (200, lambda rule: (scans.get_scan, {"route": {**ONE, "scan_id": "push-e1"}})),
    "list_rules": (200, lambda rule: (rules.list_rules, {})),
    "make_rule": (
        201,
        lambda rule: (rules.make_rule, {"method": "POST", "body": {"criteria": {"cves": ["CVE-2"]}, "reason": "r"}}),
    ),
    "get_rule": (200, lambda rule: (rules.get_rule, {"route": {"id": rule}})),
    "change_rule": (
        200,
        lambda rule: (rules.change_rule, {"method": "PUT", "route": {"id": rule}, "body": {**NEW, "revision": 1}}),
    ),
    "list_rule_history": (200, lambda rule: (rules.list_rule_history, {"route": {"id": rule}})),
    "import_openvex": (200, lambda rule: (rules.import_openvex, {"method": "POST", "body": sample()})),
    "preview_rule": (200, lambda rule: (rules.preview_rule, {"method": "POST", "body": NEW})),
    "what_if": (200, lambda rule: (what_if.what_if, {"method": "POST", "body": {"without": [rule]}})),
    "remove_rule": (200, lambda rule: (rules.remove_rule, {"method": "DELETE", "route": {"id": rule}})),
    "get_plan": (200, lambda rule: (plan.get_plan, {})),
    "change_plan": (
        200,
        lambda rule: (plan.change_plan, {"method": "PUT", "body": {"enabled": False, "reason": "r"}}),
    ),
    "list_registries": (200, lambda rule: (plan.list_registries, {})),
    "get_billing": (200, lambda rule: (billing.get_billing, {})),
    "get_score": (200, lambda rule: (score.get_score, {})),
    "get_status": (200, lambda rule: (status.get_status, {})),
}


@pytest.mark.parametrize("name", CALLS)
def test_an_answer_has_the_fields_that_are_described_and_no_others(app: MemoryApp, name: str) -> None:
    expected, call = CALLS[name]
    trigger, request = call(filled(app))
    code, body = ask(trigger, **request)
    assert code == expected
    validate(body, name, code)


CAUTIOUS = [
    operation["operationId"]
    for methods in openapi_document()["paths"].values()
    for operation in methods.values()
    if any("X-Plimsoll-Caveat" in answer.get("headers", {}) for answer in operation["responses"].values())
]


@pytest.mark.parametrize("name", sorted(set(CAUTIOUS) & set(CALLS)))
def test_what_is_told_while_the_plan_is_off_is_described_too(app: MemoryApp, name: str) -> None:
    expected, call = CALLS[name]
    trigger, request = call(filled(app))
    app.change_plan(on=False, reason="r", actor="ann", request_id="r1")
    code, body = ask(trigger, **request)
    assert (code, "the plan is off" in body["caveat"]) == (expected, True)
    validate(body, name, code)


def validate(body: Any, name: str, code: int) -> None:
    document = strict()
    [operation] = [
        one for methods in document["paths"].values() for one in methods.values() if one["operationId"] == name
    ]
    schema = operation["responses"][str(code)]["content"]["application/json"]["schema"]
    Draft202012Validator({**schema, "components": document["components"]}).validate(body)


def test_images_whose_findings_are_unknown_are_described(app: MemoryApp) -> None:
    filled(app)
    app.containers[REPORTS_CONTAINER].blobs.clear()
    code, body = ask(findings.find_findings)
    assert body["unreadable"]["count"] == 1
    validate(body, "find_findings", code)


def test_every_answer_that_has_a_schema_is_looked_at() -> None:
    with_schema = {
        operation["operationId"]
        for methods in openapi_document()["paths"].values()
        for operation in methods.values()
        for code, answer in operation["responses"].items()
        if code.startswith("2") and any(media["schema"] for media in answer["content"].values())
    }
    assert with_schema == set(CALLS), "CALLS above needs a request of every route whose answer has a schema"
