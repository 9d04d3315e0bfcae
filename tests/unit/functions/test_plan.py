"""The plan and the registries over HTTP, and what every other answer says while the plan is off."""

from __future__ import annotations

from functions import gate, images, plan, scans
from shared.domain.failures import FailureReason, ScanFailure
from shared.services.query_images import ImageFilter
from tests.support.examples import REGISTRY, digest, finding, push, report
from tests.support.memory_app import MemoryAdvisories, MemoryApp, image_manifest
from tests.support.triggers import ask


def turn(app: MemoryApp, *, on: bool, request_id: str = "r1") -> None:
    app.change_plan(on=on, reason="because", actor="ann", request_id=request_id)


def test_what_is_known_stays_as_it_was_and_says_since_when_nothing_was_looked_at(app: MemoryApp) -> None:
    app.world.advisories = MemoryAdvisories(report=report([finding()]))
    app.record_push(push("e1", 1))
    app.work()
    app.world.advisories = MemoryAdvisories()
    app.record_push(push("e2", 2, tag="other"))
    app.work()
    app.world.clock.forward(minutes=5)
    before = app.world.clock()
    app.world.clock.forward(minutes=5)
    turn(app, on=False)

    listed = {one["digest"]: one for one in ask(images.list_images)[1]["value"]}
    assert (listed[digest(1)]["health"], listed[digest(2)]["health"]) == ("unhealthy", "healthy")
    for one in listed.values():
        assert one["reason"].endswith("the plan is off since 2026-11-02T10:10:00Z")
    one = ask(images.get_image, route={"registry": REGISTRY, "digest": digest(2)})[1]
    assert one["reason"] == "the plan is off since 2026-11-02T10:10:00Z"
    then = ask(images.list_images, f"/?asOf={before:%Y-%m-%dT%H:%M:%SZ}")[1]["value"]
    assert not any("the plan is off" in one["reason"] for one in then)


def test_a_pipeline_does_not_pass_on_what_was_known_before(app: MemoryApp) -> None:
    app.record_push(push("e1"))
    app.work()
    route = {"registry": REGISTRY, "digest": digest(1)}
    assert ask(gate.get_gate, route=route)[0] == 200
    turn(app, on=False)
    status, body = ask(gate.get_gate, route=route)
    assert (status, body["verdict"]) == (409, "failed")
    assert "the plan is off since" in body["reason"]
    unknown = ask(gate.get_gate, route={**route, "digest": digest(9)})
    assert unknown[1]["verdict"] == "failed"  # not pending: nobody will ever give an answer


def test_a_scan_on_demand_is_refused_and_says_why(app: MemoryApp) -> None:
    app.world.registry.manifests["v1"] = image_manifest(1)
    turn(app, on=False)
    body = {"registry": REGISTRY, "repository": "app", "reference": "v1"}
    status, answer = ask(scans.request_scan, method="POST", body=body)
    assert (status, answer["error"]["code"]) == (409, "PlanIsOff")


def test_the_plan_over_http_is_what_the_log_knew_at_a_time(app: MemoryApp) -> None:
    app.world.clock.forward(minutes=1)
    on = app.world.clock()
    app.world.clock.forward(minutes=1)
    status, changed = ask(plan.change_plan, method="PUT", body={"enabled": False, "reason": "wound up"})
    assert (status, changed["enabled"], changed["reason"]) == (200, False, "wound up")
    assert ask(plan.get_plan)[1] == changed
    assert ask(plan.get_plan, f"/?asOf={on:%Y-%m-%dT%H:%M:%SZ}")[1]["enabled"] is True
    for body in ({"enabled": False}, {"enabled": "no", "reason": "r"}, {"enabled": False, "reason": ""}, b"\xff"):
        assert ask(plan.change_plan, method="PUT", body=body)[0] == 400


def test_registries_as_of_a_time_are_what_was_shown_then(app: MemoryApp) -> None:
    app.world.catalog.hold("app", 1, "v1")
    app.reconcile()
    live = ask(plan.list_registries)[1]["value"]
    seen = app.world.clock()
    app.world.clock.forward(minutes=5)
    app.world.catalog.hold("app", 2, "v2")
    app.reconcile()
    assert ask(plan.list_registries)[1]["value"][0]["images"] == 2
    assert ask(plan.list_registries, f"/?asOf={seen:%Y-%m-%dT%H:%M:%SZ}")[1]["value"] == live
    [one] = live
    assert (one["loginServer"], one["state"], one["images"], one["sources"]) == (REGISTRY, "enabled", 1, ["settings"])
    assert one["lastReconciliation"]["found"] == 1


def test_a_registry_that_cannot_be_reached_says_how_it_failed_and_when_it_did(app: MemoryApp) -> None:
    app.reconcile()
    app.record_push(push("e1"))
    refused = "network refused: the network rules do not let 203.0.113.7 in: enable a private endpoint"
    app.world.registry.failure = ScanFailure(FailureReason.NETWORK_REFUSED, refused)
    app.work()
    failed_at = app.world.clock()
    [one] = ask(plan.list_registries)[1]["value"]
    assert one["accessFailure"]["message"] == refused
    assert (one["accessFailure"]["reason"], one["accessFailure"]["images"]) == ("network-refused", 1)
    assert app.health().reason == f"scan failed (network-refused): {refused}"

    app.world.registry.failure = None
    app.world.clock.forward(hours=7)
    app.sweep()
    app.work()
    assert ask(plan.list_registries)[1]["value"][0]["accessFailure"] is None
    then = ask(plan.list_registries, f"/?asOf={failed_at:%Y-%m-%dT%H:%M:%SZ}")[1]["value"][0]
    assert then["accessFailure"] == one["accessFailure"]


def test_the_list_of_images_is_what_it_was(app: MemoryApp) -> None:
    app.record_push(push("e1"))
    app.work()
    before = app.query_images.images_matching(ImageFilter(), None)
    turn(app, on=False)
    app.sweep()
    app.work()
    assert app.query_images.images_matching(ImageFilter(), None) == before
